"""A little Esperanto: endings, and the words of the world with their roots. Used by the task `translation`.

    noun("hund-et", plural=True, accusative=True)     # "hund-et-o-j-n": tiny dogs, as an object
    written("mal-grand-a-j-n")                        # "malgrandajn"

A word is kept as its morphemes with hyphens between them, so that it can be explained; `written` takes the hyphens out.
Roots are those of the Fundamento and of common dictionaries.
"""

from dataclasses import dataclass

TENSES = {"present": "as", "past": "is", "future": "os"}


def written(morphemes: str) -> str:
    """ "mal-grand-a-n" -> "malgrandan"."""
    return morphemes.replace("-", "")


def _ended(stem: str, vowel: str, plural: bool, accusative: bool) -> str:
    return f"{stem}-{vowel}{'-j' if plural else ''}{'-n' if accusative else ''}"


def noun(stem: str, plural: bool = False, accusative: bool = False) -> str:
    """A noun: -o, with -j when there are several and -n as an object."""
    return _ended(stem, "o", plural, accusative)


def adjective(stem: str, plural: bool = False, accusative: bool = False) -> str:
    """An adjective, or a possessive such as "mi": -a, and -j and -n as its noun has them."""
    return _ended(stem, "a", plural, accusative)


def adverb(stem: str) -> str:
    """An adverb made of a root: -e."""
    return f"{stem}-e"


def verb(stem: str, tense: str) -> str:
    """A verb, the same for all persons: -as, -is, -os; -i where the tense is "infinitive"."""
    return f"{stem}-{TENSES.get(tense, 'i')}"


@dataclass(frozen=True)
class Noun:
    """one and many in English (many is "" for what is not counted), the Esperanto stem, the kind of thing."""

    one: str
    many: str
    stem: str
    kind: str


@dataclass(frozen=True)
class Verb:
    """base, third person and past in English; stem; kinds of subjects and of objects (none: intransitive); adverbs."""

    base: str
    third: str
    past: str
    stem: str
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    adverbs: tuple[str, ...]


def _many(one: str) -> str:
    if one[-1] == "y" and one[-2] not in "aeiou":
        return f"{one[:-1]}ies"
    return one + ("es" if one.endswith(("s", "x", "ch", "sh", "potato")) else "s")


def _nouns(table: str) -> tuple[Noun, ...]:
    """Lines "kind: one=stem ...", with one/many where the plural is irregular and one/- for what is not counted."""
    out = []
    for line in table.strip().splitlines():
        kind, _, cells = line.strip().partition(": ")
        for cell in cells.split():
            english, stem = cell.split("=")
            one, _, many = english.partition("/")
            out.append(Noun(one, "" if many == "-" else many or _many(one), stem, kind))
    return tuple(out)


NOUNS = _nouns("""
    man: man/men=vir boy=knab father=patr brother=frat son=fil uncle=onkl king=reĝ
    woman: woman/women=vir-in girl=knab-in mother=patr-in sister=frat-in daughter=fil-in aunt=onkl-in queen=reĝ-in
    folk: child/children=infan friend=amik neighbour=najbar student=student
    job: baker=bak-ist doctor=kurac-ist fisher=fiŝ-kapt-ist gardener=ĝarden-ist painter=pentr-ist carpenter=ĉarpent-ist
    job: tailor=tajlor sailor=mar-ist astronomer=astronom engineer=inĝenier teacher=instru-ist cook=kuir-ist
    animal: cat=kat dog=hund lion=leon owl=strig eagle=agl horse=ĉeval goose/geese=anser kangaroo=kanguru pigeon=kolomb
    animal: turkey=meleagr finch=fring duck=anas hedgehog=erinac spider=arane bat=vespert seal=fok otter=lutr heron=arde
    animal: penguin=pingven goat=kapr giraffe=ĝiraf elephant=elefant bird=bird mouse/mice=mus
    beast: cow=bov-in hen=kok-in lioness=leon-in kitten=kat-id puppy=hund-id lamb=ŝaf-id calf/calves=bov-id foal=ĉeval-id
    beast: duckling=anas-id gosling=anser-id chick=kok-id
    food: bread/-=pan cheese/-=fromaĝ soup/-=sup rice/-=riz porridge/-=kaĉ stew/-=ragu chocolate/-=ĉokolad
    food: marmalade/-=marmelad cake=kuk pudding=puding salad=salat waffle=vafl noodle=nudel cherry=ĉeriz
    food: strawberry=frag olive=oliv lentil=lent mushroom=fung pear=pir apple=pom potato=ter-pom egg=ov
    thing: chair=seĝ table=tabl hat=ĉapel coat=mantel picture=bild flower=flor key=ŝlos-il knife/knives=tranĉ-il
    thing: spoon=kuler hammer=martel saw=seg-il spade=fos-il needle=kudr-il brush=penik net=ret bell=sonor-il ring=ring
    thing: violin=violon flute=flut guitar=gitar harp=harp lamp=lamp ball=pilk boat=boat
    text: book=libr letter=leter newspaper=gazet
    lid: box=skatol basket=korb window=fenestr door=pord
    place: garden=ĝarden forest=arbar kitchen=kuir-ej school=lern-ej station=staci church=preĝ-ej museum=muze
    place: library=bibliotek market=bazar town=urb theatre=teatr park=park hotel=hotel house=dom
    spot: tree=arb bridge=pont mountain=mont river=river lake=lag road=voj
""")

# English word -> (stem, the kinds of nouns it is said of). "old" is two words, and -mal- makes the opposite.
PEOPLE = ("man", "woman", "folk", "job")
ANIMALS = ("animal", "beast")
THINGS = ("thing", "text", "lid")
ADJECTIVES: tuple[tuple[str, str, tuple[str, ...]], ...] = tuple(
    (cell.split("=")[0], cell.split("=")[1], kinds)
    for kinds, cells in (
        (PEOPLE, "happy=feliĉ unhappy=mal-feliĉ rich=riĉ poor=mal-riĉ wise=saĝ foolish=mal-saĝ kind=afabl tall=alt "
                 "brave=kuraĝ hard-working=diligent lazy=mal-diligent"),
        (PEOPLE + ANIMALS, "young=jun old=mal-jun strong=fort weak=mal-fort healthy=san ill=mal-san hungry=mal-sat"),
        (ANIMALS, "fast=rapid slow=mal-rapid fat=dik thin=mal-dik"),
        (ANIMALS + THINGS + ("place",), "big=grand small=mal-grand beautiful=bel ugly=mal-bel"),
        (ANIMALS + THINGS, "black=nigr white=blank brown=brun grey=griz"),
        (THINGS, "new=nov old=mal-nov clean=pur dirty=mal-pur heavy=pez light=mal-pez red=ruĝ blue=blu green=verd "
                 "yellow=flav purple=purpur pink=roz-kolor"),
        (("food",), "warm=varm cold=mal-varm good=bon bad=mal-bon sweet=dolĉ fresh=freŝ dry=sek"),
    )
    for cell in cells.split()
)  # fmt: skip


def _verbs(table: str) -> tuple[Verb, ...]:
    """Lines "base third past stem subjects objects adverbs"; _ for a space in English, - for none, + between kinds."""
    groups = {
        "people": PEOPLE,
        "all": PEOPLE + ANIMALS,
        "living": PEOPLE + ANIMALS,
        "animals": ANIMALS,
        "things": THINGS,
    }
    out = []
    for line in table.strip().splitlines():
        base, third, past, stem, subjects, objects, adverbs = (
            cell.replace("_", " ") for cell in line.split()
        )
        kinds = [
            () if cell == "-" else tuple(k for part in cell.split("+") for k in groups.get(part, (part,)))
            for cell in (subjects, objects)
        ]
        out.append(Verb(base, third, past, stem, *kinds, () if adverbs == "-" else tuple(adverbs.split("+"))))
    return tuple(out)


VERBS = _verbs("""
    see sees saw vid all living+things -
    hear hears heard aŭd all living -
    love loves loved am all living -
    follow follows followed sekv all living quietly+slowly
    find finds found trov all living+food+things -
    look_for looks_for looked_for serĉ all living+food patiently
    catch catches caught kapt people animals quickly
    feed feeds fed nutr people animals patiently
    draw draws drew desegn people living+things well+badly
    paint paints painted pentr people living+things well+badly
    lose loses lost perd people things -
    buy buys bought aĉet people food+things secretly
    sell sells sold vend people food+things secretly
    carry carries carried port people food+things slowly
    bring brings brought al-port people food+things quickly
    hold holds held ten people thing -
    clean cleans cleaned pur-ig people things quickly+well
    repair repairs repaired ripar people thing slowly+well
    forget forgets forgot forges people things quickly
    hide hides hid kaŝ people food+things secretly
    choose chooses chose elekt people food+things slowly
    eat eats ate manĝ people food quickly+slowly
    cook cooks cooked kuir people food well+badly
    cut cuts cut tranĉ people food slowly
    praise praises praised laŭd people people+food loudly
    visit visits visited vizit people people secretly
    know knows knew kon people people well
    help helps helped help people people secretly
    thank thanks thanked dank people people quietly
    read reads read leg people text slowly+loudly
    open opens opened mal-ferm people lid slowly+quietly
    close closes closed ferm people lid quickly+quietly
    sleep sleeps slept dorm all - well+badly+quietly
    run runs ran kur all - quickly+slowly
    wait waits waited atend all - patiently+quietly
    rest rests rested ripoz all - well+quietly
    play plays played lud all - happily+loudly
    walk walks walked marŝ people - quickly+slowly
    jump jumps jumped salt people - well+badly
    swim swims swam naĝ people - well+badly+quickly
    sing sings sang kant people - well+badly+loudly+quietly
    dance dances danced danc people - well+badly+happily
    laugh laughs laughed rid people - loudly+quietly
    cry cries cried plor people - loudly+quietly
    work works worked labor people - well+badly+patiently
    travel travels travelled vojaĝ people - secretly+slowly
""")
# "read" and "cut" look alike in two tenses; with a subject in the third person singular the present has its -s.

ADVERBS = {
    "quickly": "rapid", "slowly": "mal-rapid", "loudly": "laŭt", "quietly": "mal-laŭt", "well": "bon", "badly": "mal-bon",
    "happily": "feliĉ", "patiently": "pacienc", "secretly": "sekret",
}  # fmt: skip
OFTEN = {"often": "oft", "seldom": "mal-oft"}
# a day fixes the tense, so it is a check on it
DAYS = {
    "past": ("yesterday", "hieraŭ"),
    "present": ("today", "hodiaŭ"),
    "future": ("tomorrow", "morgaŭ"),
}
SIZES = {"tiny": "et", "huge": "eg"}  # said by a suffix of the noun
NUMBERS = {
    "two": "du", "three": "tri", "four": "kvar", "five": "kvin", "six": "ses", "seven": "sep", "eight": "ok", "nine": "naŭ",
    "ten": "dek",
}  # fmt: skip
OWNERS = {"my": "mi", "your": "vi", "our": "ni"}
# subject, object, Esperanto
PRONOUNS = (
    ("I", "me", "mi"), ("you", "you", "vi"), ("he", "him", "li"), ("she", "her", "ŝi"), ("we", "us", "ni"),
    ("they", "them", "ili"),
)  # fmt: skip
WHERE = (  # preposition, Esperanto, the places (or kinds of places) it goes with
    ("in", "en", ("place",)),
    ("in front of", "antaŭ", ("place",)),
    ("behind", "malantaŭ", ("place",)),
    ("beside", "apud", ("place", "spot")),
    ("under", "sub", ("tree", "bridge")),
    ("on", "sur", ("bridge", "mountain", "road")),
)
MODALS = (  # plain, third person, past, Esperanto
    ("want to", "wants to", "wanted to", "vol"),
    ("can", "can", "could", "pov"),
    ("must", "must", "had to", "dev"),
    ("like to", "likes to", "liked to", "ŝat"),
)
