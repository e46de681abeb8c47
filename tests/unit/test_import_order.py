"""A kernel gets ready in a thread while cells import: no package holds on to its own modules."""

import subprocess
import sys

_BOTH = """
import sys, threading, importlib
sys.setswitchinterval(1e-5)
faults = []
def go(*names):
    try:
        for name in names:
            importlib.import_module(name)
    except BaseException as fault:
        faults.append(repr(fault))
threads = [
    threading.Thread(target=go, args=("ftkernel.recipe.finding", "ftkernel.completion")),
    threading.Thread(target=go, args=("ftkernel.recipe.recipe", "ftkernel.api.finetune")),
    threading.Thread(target=go, args=("ftkernel.recipe.key", "ftkernel.notebook.finetune_magic")),
]
for one in threads: one.start()
for one in threads: one.join()
print(faults)
"""


def test_the_package_of_recipes_imports_none_of_its_modules():
    code = "import sys, ftkernel.recipe; print([n for n in sys.modules if 'ftkernel.recipe.' in n])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


def test_threads_import_the_same_things_in_any_order():
    done = subprocess.run([sys.executable, "-c", _BOTH], capture_output=True, text=True, timeout=60)
    assert done.stdout == "[]\n", done.stderr
