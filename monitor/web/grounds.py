"""The grounding of questions, made when the first one comes: its words take memory that most servers never need."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from monitor.probe import Field
from monitor.worker import aside

if TYPE_CHECKING:
    from monitor.llama.grounding.answer import Grounding


class Grounds:
    """Makes the grounding once, aside: the stream goes on meanwhile. The arguments are those of `Grounding`."""

    def __init__(self, sections: Mapping[str, Sequence[Field]], *, remarks: bool) -> None:
        self._sections = sections
        self._remarks = remarks
        self._making = asyncio.Lock()
        self._made: Grounding | None = None

    async def get(self) -> "Grounding":
        """Return the grounding."""
        if self._made is None:
            async with self._making:
                if self._made is None:
                    self._made = await aside(self._make)
        return self._made

    def _make(self) -> "Grounding":
        from monitor.llama.grounding.answer import Grounding  # noqa: PLC0415 - memory, as the first line has it

        return Grounding(self._sections, remarks=self._remarks)
