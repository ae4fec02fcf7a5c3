"""Names of a package that are imported when somebody asks for them (PEP 562): the command line starts in a third."""

from collections.abc import Callable, Mapping
from importlib import import_module


def late(places: Mapping[str, str]) -> Callable[[str], object]:
    """What a package's ``__getattr__`` is: it finds each name in the module that is given for it."""

    def find(name: str) -> object:
        if name not in places:
            raise AttributeError(name)
        return getattr(import_module(places[name]), name)

    return find
