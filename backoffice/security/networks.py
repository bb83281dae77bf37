"""Whose attempts count together: an address, or of IPv6 the network that one customer has."""

from ipaddress import IPv6Address, ip_address, ip_network

PREFIX = 64


def network_of(address: str) -> str:
    """The address as it is counted; what is none is counted as it stands."""
    try:
        parsed = ip_address(_without_port(address))
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed), PREFIX), strict=False))


def _without_port(address: str) -> str:
    """Some proxies send the port along, which is another one each time."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address.partition("%")[0]
