"""llama-cpp-python by itself, to compare with: `python -m tests.ask.alone MODEL THREADS CONTEXT`.

It speaks in lines of JSON. stdout: `"ready"`; then, for each `[system, question, grammar or null, most tokens]` on
stdin, the tokens a second from the first one on. It ends with its stdin.
"""

import json
import os
import sys
import time
from typing import Any

import llama_cpp

from monitor.llama.chat import CHATML
from monitor.llama.native import PENALTY


def speed(llama: Any, system: str, question: str, gbnf: str | None, most: int) -> float:
    """Return the tokens a second of one answer, chosen as our engine does: the likeliest, repetitions made less so."""
    head, middle, tail = CHATML
    prompt = llama.tokenize(f"{head}{system}{middle}{question}{tail}".encode(), add_bos=False, special=True)
    grammar = None if gbnf is None else llama_cpp.LlamaGrammar.from_string(gbnf, verbose=False)
    moments = []
    for token in llama.generate(prompt, temp=0.0, repeat_penalty=PENALTY, grammar=grammar):
        moments.append(time.perf_counter())
        if len(moments) == most or token == llama.token_eos():
            break
    return (len(moments) - 1) / (moments[-1] - moments[0])


def main() -> None:
    """Serve whoever started this process."""
    os.nice(19)  # as our engine's
    path, threads, context = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    llama = llama_cpp.Llama(path, n_ctx=context, n_threads=threads, n_threads_batch=threads, verbose=False)
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        print(json.dumps(speed(llama, *json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
