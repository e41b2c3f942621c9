"""What a rulebook's own further inputs of a door are, from what is known of somebody: origin, vehicle and the like.

A gate knows two words of a person and answers "not known" to all of these; whoever stands at a post can ask.
"""

from collections.abc import Collection, Mapping

from fangxian.core.policy.tables import N_FIXED_INPUTS, DoorTables

ORIGIN, VEHICLE = "origin", "vehicle"
NOWHERE_AT_RISK = "none"


def further_inputs(tables: DoorTables, known: Mapping[str, Collection[str]]) -> tuple[int, ...]:
    """The numbers of the further inputs, in the tables' order, as `DoorInputs.also` takes them.

    Parameters
    ----------
    known : by input the words that hold of this person. Of several that the rulebook lists, the one it lists last
        counts: a rulebook lists them from the least to the most. An input that is left out, or of which no word is
        listed, is not known (0).
    """
    return tuple(
        max((place for place, value in enumerate(values) if place and value in known.get(name, ())), default=0)
        for name, values in zip(tables.inputs[N_FIXED_INPUTS:], tables.values[N_FIXED_INPUTS:], strict=True)
    )
