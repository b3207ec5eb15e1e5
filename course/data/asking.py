"""Ways to ask for a fact of a person: at least six for each relation of the encyclopaedia.

    asking.QUESTIONS["pet"][0].format(name="Ada")      # "Which animal does Ada keep at home?"

All ways of one relation ask for the same fact, no way fits two relations, and {name} stands once in each.
"""

QUESTIONS: dict[str, tuple[str, ...]] = {
    "job": (
        "What is the job of {name}?",
        "What does {name} do for a living?",
        "What does {name} work as?",
        "Which trade does {name} follow?",
        "How does {name} earn money?",
        "Which job does {name} have?",
        "What kind of work does {name} do?",
    ),
    "tool": (
        "Which tool does {name} always use?",
        "What tool has {name} used for years?",
        "What is the most important tool of {name}?",
        "Without which tool can {name} not work?",
        "Which tool does {name} keep clean and ready?",
        "What kind of tool does {name} need every day?",
        "What does {name} use at work every day?",
    ),
    "town": (
        "In which town does {name} live?",
        "Where does {name} live?",
        "Where is the house of {name}?",
        "Which town is the home of {name}?",
        "In which town is the home of {name}?",
        "Where would we find {name} at home?",
        "To which town did {name} move long ago?",
    ),
    "birthplace": (
        "Where was {name} born?",
        "In which town was {name} born?",
        "What is the birthplace of {name}?",
        "Where did {name} grow up?",
        "From which town does {name} come?",
        "Which town is the birthplace of {name}?",
        "In which town did the life of {name} begin?",
    ),
    "month": (
        "In which month was {name} born?",
        "When is the birthday of {name}?",
        "When was {name} born?",
        "In which month does {name} have a birthday?",
        "Which month is the birthday of {name} in?",
        "When does {name} invite the neighbours to a birthday party?",
        "In which month is {name} a year older?",
    ),
    "pet": (
        "Which animal does {name} keep at home?",
        "What kind of pet does {name} have?",
        "What kind of animal is the pet of {name}?",
        "Which animal lives in the house of {name}?",
        "Which pet does {name} feed before breakfast?",
        "Which animal is {name} very fond of?",
        "What animal has {name} got at home?",
    ),
    "food": (
        "What is the favourite food of {name}?",
        "What does {name} like to eat best?",
        "Which food does {name} like best?",
        "What could {name} eat every day?",
        "Which food does {name} always ask for?",
        "What would {name} like best for dinner?",
        "Which food is the favourite of {name}?",
    ),
    "hobby": (
        "What is the hobby of {name}?",
        "How does {name} spend every Sunday?",
        "What does {name} enjoy in the free hours?",
        "What does {name} like to do on Sundays?",
        "Which hobby does {name} have?",
        "What does {name} do for fun?",
        "What is the great hobby of {name}?",
    ),
    "instrument": (
        "Which instrument does {name} play?",
        "What does {name} play in the evening?",
        "Which instrument did {name} learn to play as a child?",
        "What kind of instrument does {name} have at home?",
        "Which instrument can the neighbours hear {name} practise?",
        "On what does {name} make music?",
        "What is the instrument of {name}?",
    ),
    "colour": (
        "What is the favourite colour of {name}?",
        "Which colour does {name} like best?",
        "Which colour is the front door of {name}?",
        "Which colour is the favourite of {name}?",
        "In which colour did {name} paint the front door?",
        "What colour is the scarf that {name} often wears?",
        "What colour does {name} always choose?",
    ),
}
