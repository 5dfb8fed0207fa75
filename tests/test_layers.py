"""What an import costs: the layers below the app load neither the app's libraries nor each other's."""

from __future__ import annotations

import subprocess
import sys

# The names of the top-level modules that an import adds and that are not Python's own.
LOADED = """
import sys
before = set(sys.modules)
{imports}
added = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(*sorted(added - sys.stdlib_module_names))
"""

# The engine without the package around it: nnstep/__init__.py imports everything that the public names need.
ENGINE = """
import importlib, importlib.util, pkgutil, types
spec = importlib.util.find_spec("nnstep")
package = sys.modules["nnstep"] = types.ModuleType("nnstep")
package.__path__ = spec.submodule_search_locations
import nnstep.engine
for module in pkgutil.walk_packages(nnstep.engine.__path__, "nnstep.engine."):
    importlib.import_module(module.name)
"""


def loaded(imports: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", LOADED.format(imports=imports)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


def test_nnstep_imports_no_terminal_library() -> None:
    added = loaded("import nnstep; nnstep.open('xor').step(3)")
    # msgspec looks for typing_extensions, and numpy.random is made with Cython.
    helpers = {name for name in added if "cython" in name} | {"typing_extensions"}
    assert added - helpers <= {"nnstep", "numpy", "msgspec"}


def test_the_engine_imports_numpy_alone() -> None:
    assert loaded(ENGINE) == {"nnstep", "numpy"}
