"""The numba engine's look-back: the stays of cases beside those of others. Held to the plain definition.

Case stays come as rows of 32 bytes (`loops_blocks.blocks_beside`), everybody's in blocks of sixteen. Moments are
counted from the first of all, and those of sums so that 0 is none and the largest is kept; above them a bit says that
the meeting was likely, so that what is likely is kept whatever was only possible.

A block is passed once. All that is added up of its sixteen rows stays in a processor's registers while each case stay
that it may meet is laid beside it, without a choice; then it is turned round into a record for each row, and those that
met a case are added to the sums of their people, which were asked for some blocks before.

What is done with sixteen numbers at once is said to the compiler as such (`Lanes`), since it does not find out by
itself what may stay in registers; a processor that does fewer at once does the same in several steps. Loops that take
arrays are not called here: each call counts references to arrays, and that took a fifth of the time.
"""

from typing import Any, cast

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.extending import intrinsic, models, register_model

from fangxian.core.compiled import compiled, fetch

EMPTY = -1
LANES = 16  # rows of a block
WHO, BEGIN, SURE_END, LIKELY_END, POSSIBLE_END, BLOCK = 0, 16, 32, 48, 64, 80  # columns of a block, and its size
# Columns of case stays: who, begin, three ends, the blocks each may meet from and to before, and the place, plus 1.
PERSON, BEGINS, SURELY, LIKELY_TO, POSSIBLY_TO, FROM, TO, PLACE = 0, 1, 2, 3, 4, 5, 6, 7
AHEAD = 12  # blocks; by then what was asked of memory has come
LATE, RING = 4, 8  # blocks after which a block's records are added to sums, and whose records are kept until then
RECORDS = 8 * LANES  # the size of a block's records: halves of 16 bytes, first all first ones, then all others
N_MET = 3  # in a record: possible, likely and sure seconds, meetings; first and last moment, weight
LIKELY = -(2**31)  # the bit above a moment

NUMBER, DOUBLE, BIT = ir.IntType(32), ir.DoubleType(), ir.IntType(1)
ROW_OF_TURNED = [at % 4 * 4 + at // 4 for at in range(LANES)]  # four rows of four turned round, four times at once


class Lanes(types.Type):
    """Sixteen whole numbers of 32 bits, a row of a block each."""

    def __init__(self, name: str = "Lanes") -> None:
        super().__init__(name=name)


class Heavy(Lanes):
    """Sixteen numbers with a point."""

    def __init__(self) -> None:
        super().__init__("Heavy")


class Which(Lanes):
    """Which of sixteen."""

    def __init__(self) -> None:
        super().__init__("Which")


def _in_registers(manager: Any, kind: Any) -> Any:
    of, model = {"Lanes": NUMBER, "Heavy": DOUBLE, "Which": BIT}[kind.name], cast(Any, models.PrimitiveModel)
    return model(manager, kind, ir.VectorType(of, LANES))


for _kind in (Lanes, Heavy, Which):
    register_model(_kind)(_in_registers)
lanes, heavy, which = Lanes(), Heavy(), Which()


def _shuffled(builder: Any, one: Any, other: Any, rows: list[int]) -> Any:
    return builder.shuffle_vector(one, other, ir.Constant(ir.VectorType(NUMBER, len(rows)), rows))


def _all_of(builder: Any, one: Any) -> Any:
    kind = ir.VectorType(one.type, LANES)
    first = builder.insert_element(ir.Constant(kind, ir.Undefined), one, NUMBER(0))
    return _shuffled(builder, first, first, [0] * LANES)


def _where(context: Any, builder: Any, signature: Any, arguments: Any, nth: int) -> Any:
    """Where the array that is argument `nth` has the row that is the next argument."""
    tools = cast(Any, cgutils)
    table = context.make_array(signature.args[nth])(context, builder, arguments[nth])
    at = context.cast(builder, arguments[nth + 1], signature.args[nth + 1], types.intp)
    return tools.get_item_pointer(context, builder, signature.args[nth], table, [at], wraparound=False)


def _read(builder: Any, where: Any, kind: Any) -> Any:
    found = builder.load(builder.bitcast(where, kind.as_pointer()))
    found.align = 4
    return found


def _write(builder: Any, what: Any, where: Any) -> None:
    builder.store(what, builder.bitcast(where, what.type.as_pointer())).align = 4


def _of_one(gives: Any, build: Any) -> Any:
    def typed(_typing: Any, one: Any) -> Any:
        return gives(one), lambda _context, builder, _signature, arguments: build(builder, *arguments)

    return intrinsic(typed)


def _of_two(gives: Any, build: Any) -> Any:
    def typed(_typing: Any, one: Any, other: Any) -> Any:
        return gives(one, other), lambda _context, builder, _signature, arguments: build(builder, *arguments)

    return intrinsic(typed)


def _of_three(gives: Any, build: Any) -> Any:
    def typed(_typing: Any, one: Any, other: Any, third: Any) -> Any:
        return gives(one, other, third), lambda _context, builder, _signature, arguments: build(builder, *arguments)

    return intrinsic(typed)


def _larger(builder: Any, one: Any, other: Any, *, signed: bool) -> Any:
    compare = builder.icmp_signed if signed else builder.icmp_unsigned
    return builder.select(compare(">", one, other), one, other)


def _plus_times(builder: Any, sum_: Any, one: Any, rate: Any) -> Any:
    of_one = builder.fmul(builder.sitofp(one, sum_.type), _all_of(builder, rate))
    return builder.fadd(sum_, of_one)


_none = ir.Constant(ir.VectorType(NUMBER, LANES), [0] * LANES)
all_of = _of_one(lanes, _all_of)
plus, minus = _of_two(lanes, lambda b, x, y: b.add(x, y)), _of_two(lanes, lambda b, x, y: b.sub(x, y))
smaller = _of_two(lanes, lambda b, x, y: b.select(b.icmp_signed("<", x, y), x, y))
larger = _of_two(lanes, lambda b, x, y: _larger(b, x, y, signed=True))
larger_moment = _of_two(lanes, lambda b, x, y: _larger(b, x, y, signed=False))  # the bit above it is that of signs
with_bit = _of_two(lanes, lambda b, x, y: b.or_(x, y))
above = _of_two(which, lambda b, x, y: b.icmp_signed(">", x, y))
differ = _of_two(which, lambda b, x, y: b.icmp_unsigned("!=", x, y))
both = _of_two(which, lambda b, x, y: b.and_(x, y))
only = _of_two(lanes, lambda b, those, x: b.select(those, x, _none))
choose = _of_three(lanes, lambda b, those, x, y: b.select(those, x, y))
plus_times = _of_three(heavy, _plus_times)
turned = _of_one(lanes, lambda b, x: _shuffled(b, x, x, ROW_OF_TURNED))
bits = _of_one(types.uint64, lambda b, those: b.zext(b.bitcast(those, ir.IntType(LANES)), ir.IntType(64)))
lowest = _of_one(types.uint64, lambda b, some: b.cttz(some, BIT(1)))


def _no_weight(_typing: Any) -> Any:
    return heavy(), lambda *_: ir.Constant(ir.VectorType(DOUBLE, LANES), [0.0] * LANES)


def _block(_typing: Any, blocks: Any, at: Any) -> Any:
    """`block_at(blocks, at)`: the five columns of a block that begins there."""
    gives = cast(Any, types.UniTuple)(lanes, BLOCK // LANES)

    def generated(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        where = _where(context, builder, signature, arguments, 0)
        columns = [builder.gep(where, [NUMBER(first)]) for first in (WHO, BEGIN, SURE_END, LIKELY_END, POSSIBLE_END)]
        read = [_read(builder, column, ir.VectorType(NUMBER, LANES)) for column in columns]
        return context.make_tuple(builder, gives, read)

    return gives(blocks, at), generated


def _keep_column(_typing: Any, into: Any, at: Any, one: Any) -> Any:
    """`keep_column(into, at, one)`"""

    def generated(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _write(builder, arguments[2], _where(context, builder, signature, arguments, 0))
        return context.get_dummy_value()

    return types.void(into, at, one), generated


def _keep_records(_typing: Any, into: Any, at: Any, found: Any) -> Any:
    """`keep_records(into, at, found)`: what was added up of each row, as two halves of a record, as `turned`."""
    pairs, fours = [4 * k + n for k in range(4) for n in (0, 16, 1, 17)], [2 * k + n for k in range(4) for n in (0, 8)]
    weights = [4 * k + n for k in range(4) for n in (0, 1)]

    def generated(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        doubled = ir.VectorType(ir.IntType(64), LANES // 2)

        def shuffled(one: Any, other: Any, rows: list[int], more: int) -> Any:
            return builder.bitcast(_shuffled(builder, one, other, [row + more for row in rows]), doubled)

        possible, likely, sure, met, first, last, weight = cast(Any, cgutils).unpack_tuple(builder, arguments[2])
        lines = []
        for one, other, third, fourth in ((possible, likely, sure, met), (first, last, weight, None)):
            for more in (0, 2):
                low = shuffled(one, other, pairs, more)
                high = shuffled(third, third, weights, more) if fourth is None else shuffled(third, fourth, pairs, more)
                lines += [_shuffled(builder, low, high, [row + more_ for row in fours]) for more_ in (0, 1)]
        where = _where(context, builder, signature, arguments, 0)
        for nth, line in enumerate(lines):
            _write(builder, line, builder.gep(where, [NUMBER(nth * LANES)]))
        return context.get_dummy_value()

    return types.void(into, at, found), generated


def _add_record(_typing: Any, sums: Any, row: Any, records: Any, at: Any) -> Any:
    """`add_record(sums, row, records, at)`: a record to the sums of a person, which lie as it does (`sums.MET`)."""

    def generated(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        byte = ir.IntType(8).as_pointer()
        there, record = (builder.bitcast(_where(context, builder, signature, arguments, n), byte) for n in (0, 2))

        def change(offset: int, of_record: int, kind: Any, how: Any) -> None:
            where = builder.gep(there, [NUMBER(offset)])
            one = _read(builder, builder.gep(record, [NUMBER(of_record)]), kind)
            _write(builder, how(_read(builder, where, kind), one), where)

        change(0, 0, ir.VectorType(NUMBER, 4), builder.add)
        second = RECORDS * 2  # bytes of all first halves
        change(16, second, ir.VectorType(NUMBER, 2), lambda x, y: _larger(builder, x, y, signed=False))
        change(24, second + 8, DOUBLE, builder.fadd)
        return context.get_dummy_value()

    return types.void(sums, row, records, at), generated


no_weight: Any = intrinsic(_no_weight)
block_at: Any = intrinsic(_block)
keep_column: Any = intrinsic(_keep_column)
keep_records: Any = intrinsic(_keep_records)
add_record: Any = intrinsic(_add_record)


@compiled
def _beside(rows: Any, found: Any, who: Any, case: Any, rate: Any, whole: Any) -> Any:
    """What was found of the rows of a block, with one more case stay; as `keep_records` takes it."""
    others, begins, sure_end, likely_end, possible_end = rows
    possible_s, likely_s, sure_s, met, first, last, weight = found
    start, other = larger(begins, all_of(case[0])), differ(others, all_of(who))
    end = smaller(possible_end, all_of(case[3]))
    possibly = both(above(end, start), other)
    possible_s = plus(possible_s, only(possibly, minus(end, start)))
    surely = smaller(sure_end, all_of(case[1]))
    sure_s = plus(sure_s, only(both(above(surely, start), other), minus(surely, start)))
    likely_until = smaller(likely_end, all_of(case[2]))
    likely = both(above(likely_until, start), other)
    now, bit = only(likely, minus(likely_until, start)), all_of(np.int32(LIKELY))
    since = minus(all_of(whole), start)
    first = larger_moment(first, only(possibly, choose(likely, with_bit(since, bit), since)))
    last = larger_moment(last, only(possibly, choose(likely, with_bit(likely_until, bit), end)))
    met = plus(met, only(likely, all_of(np.int32(1))))
    return possible_s, plus(likely_s, now), sure_s, met, first, last, plus_times(weight, now, rate)


@compiled
def _blocks_to_pass(cases: Any) -> Any:
    """Each block that a case stay may meet, once, with the first that may."""
    n, until = 0, np.int32(0)
    for one in range(cases.shape[0]):
        n += max(cases[one, TO] - max(cases[one, FROM], until), 0)
        until = max(until, cases[one, TO])
    found, n, until = np.empty((n, 2), np.int32), 0, np.int32(0)
    for one in range(cases.shape[0]):
        for block in range(max(cases[one, FROM], until), cases[one, TO]):
            found[n, 0], found[n, 1] = block, one
            n += 1
        until = max(until, cases[one, TO])
    return found


@compiled
def _rows_of(who: Any, met: Any, people: Any, slots: Any, n_people: Any) -> Any:
    """The row of their sums in the place of who it is, for those of a block who met a case; how many people there are.

    `slots` is an open hash table of positions in `people`.
    """
    mask = slots.size - 1
    for at in range(LANES):
        if not (met >> np.uint64(at)) & np.uint64(1):
            continue
        one = np.int64(who[at])
        slot = (one * np.int64(-7046029254386353131) >> np.int64(33)) & mask
        while slots[slot] != EMPTY and people[slots[slot]] != one:
            slot = (slot + 1) & mask
        if slots[slot] == EMPTY:
            slots[slot], people[n_people] = n_people, one
            n_people += 1
        who[at] = slots[slot]
    return n_people


@compiled
def look_back(blocks: Any, cases: Any, rates: Any, whole: Any, into: Any) -> Any:
    """Place by place, everybody's stays beside those of cases that are there; how many people it were.

    `cases`: from `blocks_beside`; `whole`: the last moment of all; `into`: rows of `sums.MET` and of `sums.PLACES`, all
    zeros at first; the people of rows and a hash table for them, or an empty one where rows are all people's.
    """
    (sums, places, people, slots), todo = into, _blocks_to_pass(cases)
    records, who, met = np.empty(RING * RECORDS, np.int32), np.empty(RING * LANES, np.int32), np.zeros(RING, np.uint64)
    none, n_cases, n, n_people = all_of(np.int32(0)), np.uint64(cases.shape[0]), todo.shape[0], 0
    for nth in range(n + LATE):
        if nth < n:
            soon, slot = np.int64(todo[min(nth + AHEAD, n - 1), 0]) * BLOCK, nth % RING
            for line in range(soon, soon + BLOCK, LANES):
                fetch(blocks, line)
            block, one = todo[nth, 0], np.uint64(todo[nth, 1])
            rows, found = block_at(blocks, np.int64(block) * BLOCK), (none, none, none, none, none, none, no_weight())
            while one < n_cases and cases[one, FROM] <= block:
                case = (cases[one, BEGINS], cases[one, SURELY], cases[one, LIKELY_TO], cases[one, POSSIBLY_TO])
                found = _beside(rows, found, cases[one, PERSON], case, rates[one], whole)
                one += np.uint64(1)
            keep_records(records, slot * RECORDS, found)
            keep_column(who, slot * LANES, turned(rows[0]))
            met[slot] = some = bits(above(turned(found[0]), none))
            if slots.size > 0:
                n_people = _rows_of(who[slot * LANES : (slot + 1) * LANES], some, people, slots, n_people)
            while some:
                fetch(sums, np.int64(who[np.uint64(slot * LANES) + lowest(some)]))
                some &= some - np.uint64(1)
        if nth >= LATE:
            slot, place = (nth - LATE) % RING, cases[todo[nth - LATE, 1], PLACE]
            some = met[slot]
            while some:
                lane = lowest(some)
                some &= some - np.uint64(1)
                row, at = np.int64(who[np.uint64(slot * LANES) + lane]), np.uint64(slot * RECORDS) + lane * np.uint64(4)
                add_record(sums, row, records, at)
                known, likely = places[np.uint64(row)], records[at + np.uint64(N_MET)] > 0
                known.n_places += likely & (known.place_before != place)
                known.place_before = place if likely else known.place_before
    return n_people
