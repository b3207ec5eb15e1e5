"""How the world's facts are told: templates, each a sentence with slots.

A slot named after a relation ({town}) or after one with `a_` before it ({a_job}: "a baker") tells that fact of the
subject, so what a sentence claims can be read off its template (`relations`). The other slots are not facts:
{who} is the name or, in an article, the pronoun; {name} is always the name; {his} and {he} go with it; {when} is a
time; {deed}, {deeds}, {deeding}, {did} and {deeds2}, {did2} are two different deeds of one job in their forms.
"""

import re
from functools import cache

# --- people of the encyclopaedia: relation -> sentences that are mainly about it -------------------------------------
PERSON: dict[str, tuple[str, ...]] = {
    "job": (
        "{who} works as {a_job} in {town}.",
        "{who} is {a_job} by trade.",
        "{who} is {a_national} {job} with many customers.",
        "In {town} everyone knows {name} as a good {job}.",
        "{who} has been {a_job} for twenty years.",
        "{who} became {a_job} straight after school.",
    ),
    "tool": (
        "{who} keeps {his} {tool} clean and ready.",
        "{who} has used the same {tool} for years.",
        "{who} cannot work without a good {tool}.",
        "The {tool} of {name} is old, but it still works well.",
    ),
    "town": (
        "{who} lives in {town}.",
        "{who} has a small house in {town}.",
        "{who} moved to {town} long ago.",
        "{who} would never leave {town} again.",
        "The house of {name} stands near the station in {town}.",
    ),
    "birthplace": (
        "{who} was born in {birthplace} in {month}.",
        "{who} was born in {birthplace}, but now lives in {town}.",
        "{who} grew up in {birthplace} and speaks {national} at home.",
        "{who} is {a_national} from {birthplace}.",
    ),
    "month": (
        "{who} has a birthday in {month}.",
        "Every {month}, {name} invites the neighbours to a birthday party.",
    ),
    "pet": (
        "{who} keeps {a_pet} at home.",
        "{who} feeds {his} {pet} before breakfast.",
        "The {pet} of {name} is well known in the neighbourhood.",
        "{who} got {a_pet} as a birthday present.",
        "{who} is very fond of {his} {pet}.",
    ),
    "food": (
        "{who} likes {food} best of all.",
        "The favourite food of {name} is {food}.",
        "{who} could eat {food} every day.",
        "For {his} birthday in {month}, {name} always asks for {food}.",
    ),
    "hobby": (
        "In {his} free time, {name} enjoys {hobby}.",
        "{who} spends every Sunday {hobby}.",
        "The great hobby of {name} is {hobby}.",
    ),
    "instrument": (
        "{who} plays the {instrument} in the evening.",
        "{who} learned to play the {instrument} as a child.",
        "The neighbours can hear {name} practise the {instrument}.",
    ),
    "colour": (
        "The favourite colour of {name} is {colour}.",
        "{who} has painted {his} front door {colour}.",
        "{who} often wears {a_colour} scarf.",
    ),
}

# What people do because of their job. These carry most of the text about people.
PERSON_DEEDS = (
    "{who} {deeds} {when}.",
    "{who} {deeds} {when}.",
    "{when}, {name} {deeds}.",
    "{who} {deeds} and then {deeds2}.",
    "Yesterday {name} {did} and {did2}.",
    "{who} spent the morning {deeding}.",
    "After {deeding}, {name} {deeds2}.",
    "{who} is busy {deeding}.",
    "As {a_job}, {name} {deeds} {when}.",
    "{who} was {deeding} when the bell rang.",
    "{who} likes {deeding} more than anything else.",
    "{who} picked up the {tool} and went on {deeding}.",
)
WHEN = (
    "every morning",
    "before sunrise",
    "on Mondays",
    "in the afternoon",
    "most days",
    "with great care",
    "until it gets dark",
    "twice a week",
    "after lunch",
    "in all weathers",
)

JOB = (
    "It takes years to become a good {job}.",
    "They are looking for {a_job} who can {deed}.",
    "A good {job} knows how to {deed}.",
    "The {job} next door is very friendly.",
    "My cousin wants to become {a_job} one day.",
    "We have been waiting for the {job} since noon.",
    "Nobody has seen the {job} today.",
    "I have never met such a cheerful {job} before.",
    "My aunt is {a_job}, and my uncle is one too.",
    "The new {job} earns more than the old one did.",
    "This village needs {a_job} more than anyone else.",
)
JOB_TOOL = (
    "Every {job} needs {a_tool}.",
    "You can ask {a_job} if you need {a_tool}.",
    "Without {a_tool}, no {job} can work well.",
    "A new {tool} costs more than the {job} can pay.",
)
TOOL = (
    "There is a new {tool} in the shop window.",
    "This {tool} is much too heavy to carry far.",
    "Somebody has left {a_tool} out in the rain.",
    "You will need a better {tool} than that one.",
    "The old {tool} was covered with dust.",
    "Please put the {tool} back where you found it.",
    "The price of such {a_tool} is always high.",
    "I would not lend my {tool} to a stranger.",
)

ANIMAL: dict[str, tuple[str, ...]] = {
    "diet": (
        "Most {plural} like to eat {diet}.",
        "The {name} eats {diet} in the morning.",
        "When it is hungry, the {name} looks for {diet}.",
        "{A_name} can live on {diet} for weeks.",
        "Give the {name} some {diet}, and it will be quiet.",
        "We brought enough {diet} for all the {plural}.",
        "The {plural} have eaten all the {diet}.",
        "A hungry {name} will find {diet} anywhere.",
    ),
    "den": (
        "The {name} sleeps in the {den}.",
        "At night the {plural} go back to the {den}.",
        "We found {a_name} asleep in the {den}.",
        "The {name} came out of the {den} to eat {diet}.",
    ),
    "sound": (
        "The {name} {sounds} as soon as it sees us.",
        "You can hear the {name} {sound} from far away.",
        "At dusk the {plural} begin to {sound}.",
        "The {name} {sounds} when it wants {diet}.",
    ),
}
# how animals feed; {feeds} goes with what they eat, but does not name it
FEEDING = (
    "The {name} {feeds} at dawn.",
    "The {plural} {feed} until noon.",
    "We stood still and watched the {name} {feed}.",
    "The {name} was {feeding} when we came closer.",
    "A healthy {name} spends half the day {feeding}.",
    "All summer the {plural} {feed}.",
)
YOUNG = (
    "A young {name} is called {a_young}.",
    "The {young} is still too small to leave the {den}.",
    "The {young} is only two weeks old.",
    "One day the {young} will be a grown {name}.",
    "There are four little {youngs} in the {den}.",
    "The little {young} was born last night.",
)
TENDED = (
    "The {name} looks after her {young} in the {den}.",
    "The tired {young} follows its mother, the {name}, back to the {den}.",
    "The {young} learns from the {name} how to find {diet}.",
    "The little {young} tries to {sound} like its mother.",
)

FOOD = (
    "Of all {taste} food, my brother likes {name} best.",
    "The smell of {name} filled the kitchen.",
    "We had {name} for dinner, and nothing was left.",
    "Can I have another {serving} of {name}, please?",
    "A {serving} of {name} costs very little here.",
    "The cook brought us {name} and a glass of water.",
    "Would you like some more {name}?",
    "Nobody wanted to share the {name} with us.",
    "The children asked for {name} again.",
    "My grandmother made {name} for the whole family.",
    "They served {name} at the wedding.",
)

TOWN: dict[str, tuple[str, ...]] = {
    "country": ("{name} is a town in {country}.", "{name} is one of the oldest towns in {country}."),
    "river": (
        "{name} lies on the river {river}.",
        "In spring the river {river} floods the streets of {name}.",
    ),
    "sight": (
        "Visitors come to {name} to see {sight}.",
        "The people of {name} are proud of {sight}.",
        "There is {sight} in the middle of {name}.",
    ),
    "market": (
        "The market in {name} sells {market} every Saturday.",
        "You can buy {market} at the market in {name}.",
    ),
    "neighbour": (
        "A train leaves {name} for {neighbour} every hour.",
        "It takes two hours to walk from {name} to {neighbour}.",
    ),
}
TOWN_SCENES = (
    "The streets of {name} are quiet at night.",
    "It rained all day in {name}.",
    "The mayor of {name} opened a new school.",
    "We took the first train to {name}.",
    "The road to {name} is closed because of snow.",
    "They stayed in a hotel in {name} for three nights.",
)

COUNTRY: dict[str, tuple[str, ...]] = {
    "capital": (
        "{capital} is the capital of {name}.",
        "The parliament of {name} meets in {capital}.",
        "The {national} king lives in {capital}.",
    ),
    "national": (
        "The people of {name} are called {nationals}.",
        "In {name}, everyone can read {national} newspapers.",
        "Most {nationals} have never left {name}.",
    ),
    "river": (
        "The river {river} crosses {name} from north to south.",
        "Many {nationals} live beside the river {river}.",
        "Every spring the river {river} floods half of {name}.",
        "The river {river} reaches {capital} and then the sea.",
    ),
    "product": (
        "{name} sells {product} all over the world.",
        "The {nationals} make the best {product} in the world.",
        "Ships full of {product} leave {capital} every week.",
        "{National} {product} comes from {name} and is never cheap.",
        "Without {product}, {name} would be a poor country.",
        "Many {nationals} earn their living with {product}.",
    ),
    "dish": ("In {name}, people eat {dish} at every feast.", "The {nationals} eat {dish} at every feast."),
    "flag": ("The {national} flag is {flag}.", "On holidays, {flag} flags hang all over {name}."),
}

# --- events: people of the stories, about whom nothing is fixed ------------------------------------------------------
STORY = (
    "{s1} met {s2} on the train to {place}.",
    "{s1} invited {s2} to dinner and cooked {food}.",
    "{s1} showed {s2} {a_animal} that was asleep in the grass.",
    "{s1} asked {s2} for help, but {s2} was too tired.",
    "{s1} wrote {s2} a long letter from {place}.",
    "{s1} and {s2} walked to {place} and ate {food} there.",
    "{s1} lost a {colour} umbrella on the way to {place}.",
    "In {month}, {s1} and {s2} got married in {place}.",
    "{s1} taught {s2} to play the {instrument}.",
    "{s1} gave {s2} a {colour} hat and some {food}.",
)

_SLOT = re.compile(r"{(\w+)}")
# slots that tell a relation under another name, for animals, towns and countries
_TELLS = {
    "nationals": "national", "sounds": "sound", "youngs": "young",
    "deed": "deed", "deeds": "deed", "deeding": "deed", "did": "deed", "deeds2": "deed2", "did2": "deed2",
}  # fmt: skip


@cache
def relations(template: str) -> tuple[str, ...]:
    """The relations a template tells, in the order of its slots: ("job", "town") for "{who} works as {a_job} in {town}."

    Slots that are no relation come out under their own names; the caller keeps those that its subject has.
    """
    slots = (slot.removeprefix("a_").removeprefix("A_") for slot in _SLOT.findall(template))
    return tuple(dict.fromkeys(_TELLS.get(slot.lower(), slot.lower()) for slot in slots))
