"""Every kind of page, once in each language: whoever adds a kind adds a line here, and all checks look at it."""

PAGES = (
    "/fr/",
    "/en/",
    "/fr/recherche?q=salaire",
    "/en/search?theme=hiring&kind=grant",
    "/fr/recherche?q=xylophone",
    "/en/search?q=xylophone",
    "/fr/programmes/priime",
    "/en/programs/priime",
    "/fr/developpeurs",
    "/en/developers",
    "/embed/fr/search?q=salaire",
    "/embed/en/search?scheme=dark",
    "/fr/problemes/program_retired",
    "/en/problems/invalid_input",
)
MISSING = ("/fr/programmes/rien", "/en/programs/nothing")  # answered with 404
