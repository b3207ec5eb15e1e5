"""Names of people and places. No name is also an ordinary word of the world's text, and every first name is one token.

Towns, rivers and countries are invented, so that nothing said of them is false of a real one.
"""

from course.data.english import words

SHE = words("""
Ada Agnes Alma Alva Amara Anita Anneke Anya Astrid Aylin Beatrix Berit Bianca Brigid Camila Carmen Cecilia Chiara Clara
Claudia Corinna Dagmar Dalia Daria Delia Dina Dorothea Edith Elena Elif Elsa Emilia Esme Esther Fatima Fenna Fiona
Frida Gemma Greta Gudrun Hanna Hedda Helga Hilda Ida Imani Ines Ingrid Irena Isolde Ivana Jana Johanna Josefa Judith
Kamila Karin Katya Keiko Kirsten Lara Laura Leila Lena Leonie Linnea Livia Lucia Ludmila Magda Maja Malin Margit Marta
Matilda Mei Mina Mira Mona Nadia Naomi Nina Noor Nora Odile Olga Paloma Paula Petra Philippa Priya Rana Ramona Rita
Rosalind Ruta Sabine Saskia Selma Sigrid Silvia Sofia Svea Tamara Tessa Thea Tilda Ursula Valeria Vera Viola Wilma
Xenia Yara Yvonne Zelda Zofia Zora
""")

HE = words("""
Abel Adnan Albin Alfred Amir Anders Andrei Anton Arvid Axel Balint Bastian Benno Bertram Bjorn Boris Bruno Caspar Cedric
Cosmo Cyril Damian Dario Dimitri Edgar Egon Eirik Elias Emil Enzo Erik Ernst Fabian Felix Ferdinand Filip Florian Fritz
Gaspar Georg Gideon Goran Gregor Gustav Hamid Hans Harald Hector Henrik Hugo Igor Ilya Ismail Ivan Ivo Jakob Jasper
Joachim Jonas Jorge Josef Julian Kaspian Kenji Klaus Konrad Lars Leander Leif Leo Linus Lorenz Lucian Ludwig Luis Magnus
Malik Manuel Marcel Mateo Matthias Milan Milo Moritz Nikolai Nils Odin Olaf Omar Orlando Oscar Osman Otto Pablo Pavel
Pedro Quentin Rafael Ragnar Ravi Remy Ruben Rufus Rupert Samir Sergei Silas Simon Stefan Sven Tariq Theo Tibor Tobias
Tomas Torsten Ulrich Umar Vadim Valentin Victor Vilem Waldo Walter Werner Wilhelm Xaver Yannick Yusuf Zoltan
""")

SURNAMES = words("""
Abbering Almgren Barrowby Belloni Castellan Corvane Dahlby Delacourt Eklund Ferrand Galloway Haverkamp Ibsgaard Jarrow
Kestrin Lindqvist Lorimer Marchetti Novak Okonjo Pellerin Quistgard Rosendahl Santoro Tamsin Ullmark Varga Westerby
Yardley Zimmer
""")

TOWNS = words("""
Alderton Ambrook Ashwick Barrowell Belhaven Birkdale Brackenby Calderford Claybourne Corringham Dunmere Eastholt
Elmsworth Fallowfield Farrowdene Glenholm Greywater Hallowick Harrowgate Hazelmoor Inglewell Kelbridge Kingsmere Larkhill
Linwood Maplestead Merrowby Nettleham Northolm Oakhampton Orlestone Pellworth Quarrington Ravensby Rookhaven Sandholme
Silverton Thornbury Underwell Westerford
""")

# country, what its people are called, the river through it
COUNTRIES = (
    ("Arvia", "Arvian", "Senn"),
    ("Belmora", "Belmoran", "Orrow"),
    ("Corvenia", "Corvenian", "Tamble"),
    ("Dravonia", "Dravonian", "Lisk"),
    ("Estria", "Estrian", "Brenn"),
    ("Galdia", "Galdian", "Dorle"),
    ("Istrava", "Istravan", "Velm"),
    ("Lumeria", "Lumerian", "Ulder"),
    ("Ostania", "Ostanian", "Yarrel"),
    ("Velusia", "Velusian", "Marrin"),
)
