"""The fixed words of the world: animals, foods, jobs, and what is true of each of them in every seed.

A verb phrase is written "base|third person|past|-ing form, rest": `Deed.parse("knead|kneads|kneaded|kneading the dough")`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Deed:
    """A verb phrase in four forms: knead / kneads / kneaded / kneading the dough."""

    base: str
    present: str
    past: str
    ing: str

    @classmethod
    def parse(cls, written: str) -> "Deed":
        forms, _, rest = written.partition(" ")
        return cls(*(f"{form} {rest}".rstrip() for form in forms.split("|")))


@dataclass(frozen=True)
class Animal:
    """name and young in the singular and plural; diet, den and sound are what tell animals apart.

    young is "" where English has no name for it that is this animal's alone; `tends`: it looks after its young.
    """

    name: str
    plural: str
    young: str
    youngs: str
    sound: str
    diet: str
    den: str
    pet: bool = False
    tends: bool = True


@dataclass(frozen=True)
class Food:
    """name; plural when it takes a plural verb; serving: a bowl, a plate or a slice of it; taste: sweet or savoury."""

    name: str
    plural: bool
    serving: str
    taste: str


@dataclass(frozen=True)
class Job:
    """name, the three tools of the job (no other job has them) and its deeds."""

    name: str
    tools: tuple[str, ...]
    deeds: tuple[Deed, ...]


def _animals(table: str) -> tuple[Animal, ...]:
    rows = [line.split() for line in table.strip().splitlines()]
    return tuple(
        Animal(
            *("" if cell == "-" else cell for cell in row[:7]),
            pet="pet" in row[7:],
            tends="alone" not in row[7:],
        )
        for row in rows
    )


# name, plural, young, young in the plural, sound (base form), food, place where it sleeps
ANIMALS = _animals("""
    cat       cats       kitten     kittens     purr     meat    basket   pet
    dog       dogs       puppy      puppies     bark     meat    kennel   pet
    lion      lions      cub        cubs        roar     meat    cave
    owl       owls       owlet      owlets      hoot     meat    belfry
    eagle     eagles     eaglet     eaglets     scream   meat    eyrie
    cow       cows       calf       calves      moo      grass   byre
    sheep     sheep      lamb       lambs       bleat    grass   fold
    horse     horses     foal       foals       neigh    grass   stable   pet
    goose     geese      gosling    goslings    honk     grass   farmyard pet
    kangaroo  kangaroos  joey       joeys       cough    grass   bush
    hen       hens       chick      chicks      cluck    seeds   coop     pet
    pigeon    pigeons    squab      squabs      coo      seeds   loft     pet
    turkey    turkeys    poult      poults      gobble   seeds   pen
    finch     finches    -          -           chirp    seeds   aviary
    duck      ducks      duckling   ducklings   quack    insects reeds    pet
    hedgehog  hedgehogs  hoglet     hoglets     snuffle  insects hedge
    spider    spiders    spiderling spiderlings -        insects web      alone
    bat       bats       -          -           squeak   insects attic
    seal      seals      pup        pups        grunt    fish    bay
    otter     otters     -          -           whistle  fish    holt
    heron     herons     -          -           croak    fish    marsh
    penguin   penguins   -          -           bray     fish    colony
    goat      goats      kid        kids        grumble  leaves  shed     pet
    deer      deer       fawn       fawns       bellow   leaves  thicket
    giraffe   giraffes   -          -           snort    leaves  savanna
    elephant  elephants  -          -           trumpet  leaves  jungle
""")

FEEDING = {
    diet: tuple(Deed.parse(written) for written in phrases)
    for diet, phrases in {
        "meat": ("swallow|swallows|swallowed|swallowing raw meat", "wait|waits|waited|waiting for prey"),
        "grass": ("graze|grazes|grazed|grazing in the meadow", "crop|crops|cropped|cropping the short grass"),
        "seeds": ("peck|pecks|pecked|pecking at seeds", "pick|picks|picked|picking up fallen grains"),
        "insects": ("hunt|hunts|hunted|hunting beetles", "feed|feeds|fed|feeding on flies and moths"),
        "fish": (
            "chase|chases|chased|chasing small fish",
            "look|looks|looked|looking for crabs along the shore",
        ),
        "leaves": (
            "nibble|nibbles|nibbled|nibbling at twigs",
            "strip|strips|stripped|stripping leaves from the branches",
        ),
    }.items()
}

FOODS = tuple(
    Food(name, number == "many", serving, taste)
    for name, number, serving, taste in (
        line.split()
        for line in """
        bread one slice savoury
        cheese one slice savoury
        soup one bowl savoury
        rice one bowl savoury
        porridge one bowl sweet
        cake one slice sweet
        stew one bowl savoury
        salad one bowl savoury
        pudding one bowl sweet
        chocolate one piece sweet
        marmalade one spoonful sweet
        gingerbread one piece sweet
        spaghetti one plate savoury
        lasagne one plate savoury
        curry one plate savoury
        toast one slice savoury
        pancakes many plate sweet
        waffles many plate sweet
        dumplings many plate savoury
        noodles many bowl savoury
        cherries many bowl sweet
        strawberries many bowl sweet
        olives many plate savoury
        lentils many bowl savoury
        mushrooms many plate savoury
        pears many basket sweet
        """.strip().splitlines()
    )
)


def _job(name: str, tools: str, deeds: str) -> Job:
    return Job(
        name, tuple(tools.split()), tuple(Deed.parse(line.strip()) for line in deeds.strip().splitlines())
    )


JOBS = (
    _job(
        "baker",
        "whisk sieve ladle",
        """
        knead|kneads|kneaded|kneading the dough
        bake|bakes|baked|baking fresh loaves
        sift|sifts|sifted|sifting the flour
        glaze|glazes|glazed|glazing the pastries
        heat|heats|heated|heating the oven
        sell|sells|sold|selling warm rolls""",
    ),
    _job(
        "doctor",
        "stethoscope thermometer syringe",
        """
        examine|examines|examined|examining the patients
        write|writes|wrote|writing prescriptions
        treat|treats|treated|treating fevers
        bandage|bandages|bandaged|bandaging wounds
        visit|visits|visited|visiting the hospital
        cure|cures|cured|curing illnesses""",
    ),
    _job(
        "farmer",
        "plough pitchfork scythe",
        """
        plough|ploughs|ploughed|ploughing the field
        harvest|harvests|harvested|harvesting the wheat
        drive|drives|drove|driving the tractor
        sow|sows|sowed|sowing the barley
        stack|stacks|stacked|stacking the hay
        dig|digs|dug|digging up potatoes""",
    ),
    _job(
        "fisher",
        "net rod hook",
        """
        haul|hauls|hauled|hauling in the catch
        catch|catches|caught|catching salmon
        smoke|smokes|smoked|smoking the herring
        row|rows|rowed|rowing out to the bay
        bait|baits|baited|baiting the lines
        sort|sorts|sorted|sorting the trout""",
    ),
    _job(
        "gardener",
        "spade rake trowel",
        """
        water|waters|watered|watering the roses
        prune|prunes|pruned|pruning the bushes
        plant|plants|planted|planting tulips
        pull|pulls|pulled|pulling out the weeds
        mow|mows|mowed|mowing the lawn
        trim|trims|trimmed|trimming the ivy""",
    ),
    _job(
        "painter",
        "brush easel palette",
        """
        mix|mixes|mixed|mixing the paints
        stretch|stretches|stretched|stretching the canvas
        finish|finishes|finished|finishing portraits
        sketch|sketches|sketched|sketching landscapes
        hang|hangs|hung|hanging pictures in the gallery
        varnish|varnishes|varnished|varnishing the frame""",
    ),
    _job(
        "carpenter",
        "saw chisel hammer",
        """
        plane|planes|planed|planing the boards
        build|builds|built|building wooden tables
        nail|nails|nailed|nailing the planks together
        fix|fixes|fixed|fixing cupboards
        cut|cuts|cut|cutting the timber
        sand|sands|sanded|sanding the shelves""",
    ),
    _job(
        "tailor",
        "needle thimble bobbin",
        """
        sew|sews|sewed|sewing on the buttons
        hem|hems|hemmed|hemming the trousers
        fold|folds|folded|folding the cloth
        mend|mends|mended|mending torn sleeves
        iron|irons|ironed|ironing the shirts
        line|lines|lined|lining coats""",
    ),
    _job(
        "sailor",
        "compass anchor sextant",
        """
        hoist|hoists|hoisted|hoisting the sails
        tie|ties|tied|tying knots
        steer|steers|steered|steering the ship
        scrub|scrubs|scrubbed|scrubbing the deck
        study|studies|studied|studying the charts
        climb|climbs|climbed|climbing the mast""",
    ),
    _job(
        "astronomer",
        "telescope lens spectrograph",
        """
        observe|observes|observed|observing the stars
        count|counts|counted|counting the craters
        map|maps|mapped|mapping the galaxies
        photograph|photographs|photographed|photographing comets
        track|tracks|tracked|tracking asteroids
        predict|predicts|predicted|predicting eclipses""",
    ),
    _job(
        "engineer",
        "wrench drill blueprint",
        """
        design|designs|designed|designing bridges
        repair|repairs|repaired|repairing the engine
        test|tests|tested|testing the turbine
        plan|plans|planned|planning tunnels
        check|checks|checked|checking the cables
        oil|oils|oiled|oiling the pumps""",
    ),
    _job(
        "teacher",
        "blackboard textbook ruler",
        """
        explain|explains|explained|explaining the lesson
        mark|marks|marked|marking the homework
        praise|praises|praised|praising the pupils
        set|sets|set|setting exams
        correct|corrects|corrected|correcting the spelling
        teach|teaches|taught|teaching fractions""",
    ),
)

HOBBIES = (
    "collecting old postcards",
    "building model ships",
    "walking along the river",
    "swimming in the lake",
    "solving difficult puzzles",
    "reading detective stories",
    "dancing in the town hall",
    "playing chess with friends",
    "singing in a choir",
    "riding a bicycle through the hills",
    "writing short poems",
    "watching trains at the station",
    "making paper birds",
    "telling ghost stories by the fire",
    "growing cactuses on the balcony",
    "skating on the frozen canal",
)
INSTRUMENTS = (
    "violin",
    "piano",
    "flute",
    "guitar",
    "clarinet",
    "cello",
    "harp",
    "accordion",
    "oboe",
    "banjo",
)
COLOURS = ("red", "blue", "green", "yellow", "white", "black", "brown", "purple", "pink", "grey")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
PRODUCTS = ("wool", "silk", "glass", "salt", "tea", "lace", "copper", "marble", "porcelain", "amber")
SIGHTS = (
    "an old lighthouse",
    "a museum of clocks",
    "a bridge with seven arches",
    "a tower without windows",
    "the oldest library in the country",
    "a garden full of statues",
    "a castle on a rock",
    "a theatre made of wood",
    "a fountain that never freezes",
    "a market hall with a glass roof",
    "a windmill with four white sails",
    "a church with two bells",
    "a very narrow street of bookshops",
    "a park with a small lake",
    "a monument to a brave dog",
    "a school that is five hundred years old",
)
