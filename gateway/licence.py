"""The licence of what goes out."""

# The texts were written for this site, by people who want them spread: to name where they come from is all they ask.
# A constant, since sectors share their programs: one text cannot have the licence of one sector here, of another there.
LICENCE = "CC-BY-4.0"  # https://spdx.org/licenses/
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
