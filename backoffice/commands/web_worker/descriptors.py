"""How many clients a process can hold."""

from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit, setrlimit

# Of the database, of the log, of Python itself.
OTHERS = 200


def room_for(clients: int) -> int:
    """How many of so many clients there is room for, once this process has asked for as much as it may have.

    Each may need two descriptors: one for what it sends.
    """
    soft, hard = getrlimit(RLIMIT_NOFILE)
    wanted = 2 * clients + OTHERS
    if soft != RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == RLIM_INFINITY else min(wanted, hard)
        setrlimit(RLIMIT_NOFILE, (soft, hard))
    return clients if soft == RLIM_INFINITY else max(1, min(clients, (soft - OTHERS) // 2))
