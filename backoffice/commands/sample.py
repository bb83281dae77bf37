"""Believable people and posts, made up from a seed: the same seed makes the same ones."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count, product
from random import Random

FIVE_YEARS = timedelta(days=5 * 365)
POSTS_WITHOUT_AUTHOR = 0.04
# Addresses that can be nobody's: these names are reserved for examples.
DOMAINS = ("example.com", "example.net", "example.org")

FIRST_NAMES = """
    abena adaeze ahmed aiko alejandra amara amir ana anders anjali arash astrid ayse beatriz bilal bjorn
    bruno camila carlos chiara chidi chloe daniel deepika diego dmitri eilidh ekaterina elena emeka emma
    erik esra fatima felix fiona francesca freya gabriel giulia grace hana haruto hassan helena hiroshi
    ibrahim ines ingrid ioana isabel ivan jamal jan jin joao joanna jose julia kamala karim katarina
    kenji khadija kofi kwame lars laura leila liam lucia luca magnus mai malik maria marta mateo mehmet
    mei mina minh miriam mohammed nadia naledi ngozi nikolai nina noah noor olga oluwaseun omar paolo
    pavel pedro petra pierre priya rafael rahul rania ravi rosa sabine samir sanjay sara sean sergei
    sipho siobhan sofia susan svetlana takumi tamar tariq thandi thomas tomas valentina viktor wanjiru
    wei xin yara yasmin youssef yuki zainab zanele zoe
""".split()  # noqa: SIM905 (as a list it would be a page of quotes)

LAST_NAMES = """
    abdi abebe acheampong adeyemi ahmadi akhtar alvarez andersson ansah bakker banerjee bauer becker
    berg bianchi boateng brown chen chowdhury clarke cohen costa dang demir diallo diaz dlamini dubois
    eriksen farouk fernandez fischer garcia ghosh gonzalez gupta haddad hansen hassan hernandez hoang
    horvat hughes ibrahim ito ivanova jansen johansson jones kaplan kapoor keita khan kim kimura kovacs
    kowalski kruger kumar larsen lee leroy lewis li lima lopez macdonald mahlangu malik martin mbeki
    mehta mensah meyer mohamed molina moreau mori morris mutua mwangi nakamura nguyen nielsen novak
    nowak nwosu obi okafor okoye olsen oneill otieno papadopoulos park patel pereira petrov pham popescu
    rahman ramirez rao reyes ricci roberts romano rossi sato schmidt sharma silva singh smith sokolov
    suzuki takahashi tanaka taylor torres tran turner usman vargas virtanen walker wang weber williams
    wilson wu yamamoto yilmaz zhang zhou
""".split()  # noqa: SIM905 (as a list it would be a page of quotes)

OPENINGS = (
    "Finally finished",
    "Just started",
    "Can anybody recommend",
    "Three hours into",
    "Nobody told me about",
    "Today I learned something about",
    "I keep coming back to",
    "Thinking about",
    "My neighbour asked me about",
    "Halfway through",
    "Very proud of",
    "A short note on",
    "Still not over",
    "Looking for company for",
    "Reading up on",
    "The whole family is talking about",
    "Slowly getting better at",
    "Took a day off for",
    "Somebody at work swears by",
    "I was wrong about",
)

SUBJECTS = (
    "the night train to Lisbon",
    "my grandmother's dumplings",
    "a garden shed with a view",
    "sourdough",
    "the new bridge",
    "an old bicycle from the flea market",
    "learning Swahili",
    "the marathon in spring",
    "bird song before sunrise",
    "a second-hand camera",
    "the little library on the corner",
    "repairing a radio",
    "the documentary about octopuses",
    "our street festival",
    "watercolours",
    "cold water swimming",
    "the last chapter",
    "growing tomatoes on a balcony",
    "a recipe for jollof rice",
    "the choir rehearsal",
    "chess in the park",
    "my first pull request",
    "the museum of clocks",
    "a week without a phone",
    "the long way home",
    "knitting a scarf",
    "the lighthouse walk",
    "mango season",
    "the orchestra's open day",
    "a very patient cat",
)

ENDINGS = (
    "and it was worth it.",
    "and I would do it again.",
    "but the weather had other plans.",
    "with more coffee than I should admit.",
    "and now I have questions.",
    "thanks to a stranger on the bus.",
    "even though it rained all day.",
    "and the photos are coming soon.",
    "with the children in charge.",
    "so wish me luck!",
    "and I can't stop smiling.",
    "after all these years.",
    "despite what the manual says.",
    "and everybody should try it once.",
    "which took longer than planned.",
    "and it still surprises me.",
)


def usernames(random: Random) -> Iterator[str]:
    """Names without end, no two alike, whatever their case."""
    people = list(product(FIRST_NAMES, LAST_NAMES))
    random.shuffle(people)
    separators = random.choices("._", k=len(people))
    for turn in count(1):
        number = "" if turn == 1 else str(turn)
        for (first, last), separator in zip(people, separators, strict=True):
            yield f"{first}{separator}{last}{number}"


def posts(
    random: Random, number: int, authors: Sequence[int], end: datetime, *, without_author: bool = True
) -> Iterator[dict[str, object]]:
    """`number` posts of the five years before `end`, in their order, written by `authors`.

    A few people write most of them, and some posts have no author, unless `without_author` is False.
    """
    share = POSTS_WITHOUT_AUTHOR if without_author else 0
    for timestamp in _times(random, number, end):
        nobody = not authors or random.random() < share
        author = None if nobody else _author(random, authors)
        yield {"body": _body(random), "timestamp": timestamp, "user_id": author}


def _times(random: Random, number: int, end: datetime) -> Iterator[datetime]:
    """Times in their order, closer together towards the end: the site grew."""
    for index in range(number):
        share = ((index + random.random()) / number) ** 0.6
        yield end - FIVE_YEARS * (1 - share)


def _author(random: Random, authors: Sequence[int]) -> int:
    # What each writes falls with their rank (Zipf's law): the tail is long.
    return authors[int((len(authors) + 1) ** random.random()) - 1]


def _body(random: Random) -> str:
    return f"{random.choice(OPENINGS)} {random.choice(SUBJECTS)} {random.choice(ENDINGS)}"
