"""What a browser is called by people. It says who it is in words made for servers:
https://developer.mozilla.org/docs/Web/HTTP/Guides/Browser_detection_using_the_user_agent"""

from gettext import NullTranslations

from gateway.words import N_

_BROWSERS = (  # the first that is named: each pretends to be those below it
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_ON = N_("%(browser)s on %(system)s")
_UNKNOWN = N_("An unknown browser")


def device_name(user_agent: str, words: NullTranslations) -> str:
    """`Firefox on Windows`; what it calls itself, if that is nothing known."""
    agent = user_agent.replace("HeadlessChrome", "Chrome")
    browser = next((name for sign, name in _BROWSERS if sign in agent), None)
    system = next((name for sign, name in _SYSTEMS if sign in agent), None)
    if browser and system:
        return words.gettext(_ON) % {"browser": browser, "system": system}
    return browser or system or user_agent[:80] or words.gettext(_UNKNOWN)
