"""The arithmetic behind one cell: which instruction wrote it, from which cells, by what calculation."""

from __future__ import annotations

from nnstep.engine.cell import Cell, Number, Show
from nnstep.engine.graph import Constant
from nnstep.engine.names import SETTINGS, shown
from nnstep.engine.tape import Counterpart, Instruction
from nnstep.errors import CommandError
from nnstep.timeline import Timeline
from nnstep.values import dataclass

Index = tuple[int, ...]

MOST_STEPS = 4


@dataclass(frozen=True)
class Explanation:
    """One cell explained.

    step     the step at which it was written; 0 for a parameter's initial value
    formula  the instruction's equation, or what the value is
    symbols  the cell's own equation, with names
    steps    the same with numbers, evaluated further and further; the last is the result
    value    the result, in float64
    reads    the cells that it reads
    library  what does the same in PyTorch; nothing for an initial value
    """

    name: str
    index: Index
    step: int
    formula: str
    symbols: str
    steps: tuple[str, ...]
    value: float
    reads: tuple[tuple[str, Index], ...]
    library: Counterpart | None = None

    @property
    def numbers(self) -> str:
        """The equation with numbers in place of names."""
        return self.steps[0]


def explain(timeline: Timeline, name: str, index: Index, step: int, show: Show) -> Explanation:
    """The cell `name[index]` as it stands at `step`."""
    written = last_write(timeline, name, step)
    instruction = timeline.instruction(written)
    if instruction is None or instruction.name != name:
        return _initial(timeline, name, index, step, show)
    check_index(name, index, instruction.shape)
    if instruction.phase == "data":
        return _loaded(timeline, instruction, index, written, show)
    cell = arithmetic(timeline, instruction, index, written)
    reads = dict.fromkeys((leaf.operand.name, leaf.index) for leaf in cell.leaves())
    cells = tuple((read, at) for read, at in reads if read not in SETTINGS)
    symbols = f"{cell_name(name, index)} {instruction.formula.split()[1]} {cell.text()}"
    return Explanation(
        name,
        index,
        written,
        instruction.formula,
        symbols,
        _evaluation(cell, show),
        cell.value,
        cells,  # type: ignore[arg-type]  # a leaf that is read has numbers alone
        instruction.library,
    )


def arithmetic(timeline: Timeline, instruction: Instruction, index: Index, step: int) -> Cell:
    """The arithmetic of a cell that an instruction wrote at `step`."""
    arrays = {operand: timeline.operand(operand, step) for operand in _operands(instruction)}
    return instruction.cell(index, arrays)


def last_write(timeline: Timeline, name: str, step: int) -> int:
    """The last step up to `step` at which a matrix was written; `step` itself where it never was."""
    iteration, index = timeline.calendar.split(step)
    tape = timeline.tape(iteration)
    if name not in tape:
        return 0
    place = tape.named(name).index
    if place > index:
        # Only parameters and slots outlive their iteration; anything else raises where it is read.
        timeline.read(name, step)
        iteration -= 1
    return iteration * timeline.calendar.instructions + place if iteration >= 0 else 0


def _operands(instruction: Instruction) -> set[str]:
    operands = (operand for term in instruction.terms for operand in term.operands.values())
    return {operand for operand in operands if not isinstance(operand, Constant)}


def _evaluation(cell: Cell, show: Show) -> tuple[str, ...]:
    """The numbers, round by round, to the result; rounds that look alike are said once, long ones left out."""
    texts: list[str] = []
    while True:
        text = cell.text(show)
        if not texts or texts[-1] != text:
            texts.append(text)
        if isinstance(cell, Number):
            break
        cell = cell.reduced()
    kept = texts if len(texts) <= MOST_STEPS else [*texts[: MOST_STEPS - 2], *texts[-2:]]
    return tuple(kept)


def _initial(timeline: Timeline, name: str, index: Index, step: int, show: Show) -> Explanation:
    matrix = timeline.read(name, step)
    check_index(name, index, matrix.shape)
    value = float(matrix[index])
    what = "its initial value"
    if name in SETTINGS:
        what = "the iteration, counted from 1" if name == "t" else "as the model gives it"
    cell = cell_name(name, index)
    return Explanation(name, index, 0, f"{shown(name)}: {what}", f"{cell}: {what}", (show(value),), value, ())


def _loaded(timeline: Timeline, instruction: Instruction, index: Index, step: int, show: Show) -> Explanation:
    iteration, _ = timeline.calendar.split(step)
    row = int(timeline.rows(iteration)[index[0]])
    value = float(timeline.read(instruction.name, step)[index])
    source = instruction.source.removeprefix("rows of the ")
    symbols = f"{cell_name(instruction.name, index)} ← {source}[{row},{index[1]}]"
    numbers = (show(value),)
    formula, library = instruction.formula, instruction.library
    return Explanation(instruction.name, index, step, formula, symbols, numbers, value, (), library)


def check_index(name: str, index: Index, shape: tuple[int, ...], command: str = "explain") -> None:
    """CommandError where an index is not that of one cell."""
    size = "×".join(str(n) for n in shape)
    if len(index) != len(shape):
        example = f"{shown(name)}[{','.join('0' for _ in shape)}]" if shape else shown(name)
        of = f"its shape is {size}" if shape else "it is one number"
        raise CommandError(f"{command} takes one cell of {shown(name)}, such as {example}; {of}")
    if not all(0 <= i < n for i, n in zip(index, shape, strict=True)):
        raise CommandError(f"no cell {cell_name(name, index)}: {shown(name)} is {size}, counted from 0")


def cell_name(name: str, index: Index) -> str:
    """The cell as displays write it: `δ[1][2,0]`."""
    return shown(name) + (f"[{','.join(str(i) for i in index)}]" if index else "")
