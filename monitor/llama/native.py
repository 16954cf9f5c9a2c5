"""llama.cpp: the only module that imports it. A file may make it crash or hang, so this is for a process of its own."""

import ctypes
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import llama_cpp
import numpy as np
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

#: Tokens of a prompt that are read at once: between two such batches a task can be called off. Of no cost in speed.
BATCH: Final = 64
#: Candidates that a grammar is asked about first; asking it about all of them takes as long as half a token.
SHORT_LIST: Final = 32
#: How much less likely what has been said lately is. Small models say the same for ever without.
PENALTY: Final = 1.1

#: Bytes of the longest token.
LONGEST_PIECE: Final = 4096
#: From this level on, llama.cpp's log is kept: warnings are 2, errors 3.
ERROR: Final = 3

CANDIDATE = np.dtype([("id", np.intc), ("logit", np.single), ("p", np.single)], align=True)


class Grammar:
    """What may be said: tokens that fit are taken in one by one."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    def fits(self, ids: Any, logits: Any) -> Any:
        """Return the logits of these candidates, minus infinity for those that do not fit."""
        candidates: Any = np.zeros(len(ids), dtype=CANDIDATE)
        candidates["id"], candidates["logit"] = ids, logits
        data = candidates.ctypes.data_as(llama_cpp.llama_token_data_p)
        array = llama_cpp.llama_token_data_array(data=data, size=len(candidates), selected=-1, sorted=False)
        llama_cpp.llama_sampler_apply(self._handle, ctypes.byref(array))
        return candidates["logit"]

    def take(self, token: int) -> None:
        """Go on after this token."""
        llama_cpp.llama_sampler_accept(self._handle, token)


class Native:
    """One model in memory, and the tokens it has read: what a prompt shares with the one before is not read again.

    Raises ValueError where the file holds none. `log` gets the errors of llama.cpp.
    """

    def __init__(self, path: Path, threads: int, context: int, log: Callable[[bytes], object]) -> None:
        @llama_cpp.llama_log_callback  # type: ignore[untyped-decorator, unused-ignore]
        def written(level: int, text: bytes, _: object) -> None:
            if level == ERROR:
                log(text)

        self._log = written  # C code calls it: it has to live
        llama_cpp.llama_log_set(written, None)
        self._llama = llama = llama_cpp.Llama(
            str(path),
            n_ctx=context,
            n_batch=BATCH,
            n_ubatch=BATCH,
            n_threads=threads,
            n_threads_batch=threads,
            no_perf=True,
            verbose=False,
        )
        llama_cpp.llama_log_set(written, None)
        self._vocabulary = llama_cpp.llama_model_get_vocab(llama.model)
        self._all = np.arange(llama.n_vocab(), dtype=np.intc)
        #: The most tokens of prompt and answer.
        self.context: int = min(llama.n_ctx(), llama_cpp.llama_model_n_ctx_train(llama.model))
        self.template: str | None = llama.metadata.get("tokenizer.chat_template")

    def text(self, text: str) -> list[int]:
        """Return the tokens of a text; control tokens in it are text."""
        return self._tokens(text, special=False)

    def control(self, text: str) -> list[int]:
        """Return the tokens of a text in which control tokens are what they say."""
        return self._tokens(text, special=True)

    def start(self) -> list[int]:
        """Return what the model wants every prompt to begin with; nothing, for many."""
        return [self._llama.token_bos()] if llama_cpp.llama_vocab_get_add_bos(self._vocabulary) else []

    def render(self, messages: list[dict[str, str]]) -> str:
        """Return the messages as the model's own template writes them. It may raise, or never come back."""
        bos, eos = (self._name(token) for token in (self._llama.token_bos(), self._llama.token_eos()))
        made: str = Jinja2ChatFormatter(self.template or "", eos, bos)(messages=messages).prompt
        return made

    def read(self, tokens: Sequence[int]) -> Iterator[None]:
        """Take in a prompt, a batch at a time; what the last one had in common with it is there already."""
        llama = self._llama
        kept = 0
        for old, new in zip(llama.input_ids[: llama.n_tokens].tolist(), tokens[:-1], strict=False):
            if old != new:
                break
            kept += 1
        if not llama_cpp.llama_memory_seq_rm(llama_cpp.llama_get_memory(llama.ctx), 0, kept, -1):
            kept = 0  # some kinds of models cannot go back a few tokens
            llama.reset()
        llama.n_tokens = kept
        for begin in range(kept, len(tokens), BATCH):
            llama.eval(tokens[begin : begin + BATCH])
            yield

    def add(self, token: int) -> None:
        """Take in the token that was said."""
        self._llama.eval([token])

    def next(self, grammar: Grammar | None, recent: Sequence[int]) -> int | None:
        """Return the likeliest token that fits, None where the answer ends; those in `recent` are made less likely."""
        pointer = llama_cpp.llama_get_logits_ith(self._llama.ctx, -1)
        logits = np.ctypeslib.as_array(pointer, shape=(len(self._all),)).copy()
        said = np.fromiter(set(recent), dtype=np.intc)
        logits[said] = np.where(logits[said] > 0, logits[said] / PENALTY, logits[said] * PENALTY)
        if grammar is None:
            return self._unless_end(int(logits.argmax()))
        likeliest = np.argpartition(logits, -SHORT_LIST)[-SHORT_LIST:] if len(logits) > SHORT_LIST else self._all
        for ids in (likeliest, self._all):
            fitting = grammar.fits(ids, logits[ids])
            best = int(fitting.argmax())
            if fitting[best] != -math.inf:
                token = self._unless_end(int(ids[best]))
                if token is not None:
                    grammar.take(token)
                return token
        return None

    def piece(self, token: int) -> bytes:
        """Return what the token stands for, which may be a part of a character; nothing for a control token."""
        return self._piece(token, special=False)

    @contextmanager
    def grammar(self, gbnf: str) -> Iterator[Grammar]:
        """Read a grammar. Raises ValueError where it is none."""
        handle = llama_cpp.llama_sampler_init_grammar(self._vocabulary, gbnf.encode(), b"root")
        if not handle:
            raise ValueError("the grammar cannot be read")
        try:
            yield Grammar(handle)
        finally:
            llama_cpp.llama_sampler_free(handle)

    def _unless_end(self, token: int) -> int | None:
        return None if llama_cpp.llama_vocab_is_eog(self._vocabulary, token) else token

    def _tokens(self, text: str, special: bool) -> list[int]:
        if not text:
            return []
        found: list[int] = self._llama.tokenize(text.encode(), add_bos=False, special=special)
        return found

    def _name(self, token: int) -> str:
        return self._piece(token, special=True).decode(errors="replace") if token >= 0 else ""

    def _piece(self, token: int, special: bool) -> bytes:
        # Not Llama.detokenize: that loses tokens of more than 32 bytes, such as a long row of dashes.
        buffer = ctypes.create_string_buffer(LONGEST_PIECE)
        size = llama_cpp.llama_token_to_piece(self._vocabulary, token, buffer, LONGEST_PIECE, 0, special)
        return buffer.raw[: max(size, 0)]
