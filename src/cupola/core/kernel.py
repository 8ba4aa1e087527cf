"""How a function becomes a kernel: compiled once, kept on disk, and run without the interpreter's lock."""

import fcntl
import functools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, overload

from numba import njit
from numba.core.compiler_lock import global_compiler_lock
from numba.core.dispatcher import Dispatcher
from numba.core.types import unliteral

F = TypeVar("F", bound=Callable[..., Any])
_mine: set[Path] = set()
_plain: Callable[[Any], Any] = unliteral


@overload
def kernel(function: F, /) -> "Dispatcher[F]": ...
@overload
def kernel(*, contract: bool = False, inline: bool = False) -> "Callable[[F], Dispatcher[F]]": ...
def kernel(function: F | None = None, /, *, contract: bool = False, inline: bool = False) -> Any:
    """Compile a function with Numba when it is first called; ``@kernel`` or ``@kernel(...)``.

    Divisions follow NumPy: by zero they give an infinity or NaN, no error. ``contract`` lets a product and a sum be
    one rounding, which is faster and no less exact, but ties the last bit to the machine. ``inline`` puts the body
    into every caller before types are known. No kernel is called from C, so that wrapper, a sixth of the time of a
    compilation, is left out.
    """
    if function is None:
        return functools.partial(_kernel, contract=contract, inline=inline)
    return _kernel(function, contract=contract, inline=inline)


def _kernel(function: Callable[..., Any], *, contract: bool, inline: bool) -> Any:
    options: dict[str, Any] = {"no_cfunc_wrapper": True}
    if contract:
        options["fastmath"] = {"contract"}
    if inline:
        options["inline"] = "always"
    compiled: Any = njit(cache=True, error_model="numpy", nogil=True, **options)(function)
    # Numba numbers the files of a kernel's signatures without a lock: two processes that compile two signatures of it
    # at once can each be handed the other's code.
    name = f"{Path(function.__code__.co_filename).stem}.{function.__qualname__}.lock"
    compiled.compile = _one_process_at_a_time(compiled, compiled.compile, name)
    return compiled


def _one_process_at_a_time(compiled: Any, compile_it: Callable[[Any], Any], name: str) -> Callable[[Any], Any]:
    def compile_alone(signature: Any) -> Any:
        # A constant argument in the source of a caller is no reason for code of its own.
        signature = tuple(_plain(argument) for argument in signature)
        if signature in compiled.overloads:
            return compile_it(signature)
        with global_compiler_lock, _locked(Path(compiled.stats.cache_path) / name):
            return compile_it(signature)

    return compile_alone


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock file against other processes, where one can be made; a kernel that calls itself holds it already."""
    if path in _mine:
        yield
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _mine.add(path)
        yield
    finally:
        _mine.discard(path)
        os.close(descriptor)
