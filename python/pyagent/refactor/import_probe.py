"""Import modules one after the other and write down what each import did.

Run as a script by the interpreter of the project, which need not have this package: standard
library only, and syntax that every supported Python reads. Arguments: a JSON file with
`{"paths": [...], "modules": [...]}`, and the file for the results, one JSON object a line. A line
`{"module", "start"}` is written before each import, so that a crash names the module.
"""

import json
import os
import sys
import traceback


def main(request_path: str, result_path: str) -> None:
    """Do the request."""
    with open(request_path, encoding="utf-8") as file:  # noqa: PTH123
        request = json.load(file)
    # As if the project's folders had been given by PYTHONPATH, without the folder of this script.
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    sys.path[:] = request["paths"] + [path for path in sys.path if path != here]
    sys.argv[:] = [""]
    with open(result_path, "a", encoding="utf-8") as results:  # noqa: PTH123
        for module in request["modules"]:
            write(results, {"module": module, "start": True})
            write(results, {"module": module, "error": attempt(module)})
    # Threads and exit handlers of what was imported must not hold or fail the check.
    sys.stdout.flush()
    os._exit(0)


def attempt(module: str) -> "dict[str, object] | None":
    """Import a module; the error that it raised, in parts, or None."""
    try:
        __import__(module)
    except BaseException as error:  # noqa: BLE001 - a module may raise anything, and exit too
        frames = traceback.extract_tb(error.__traceback__)
        return {
            "type": type(error).__name__,
            "message": str(error),
            "name": getattr(error, "name", None),
            "files": [frame.filename for frame in frames if frame.filename != __file__],
            "traceback": traceback.format_exc()[-4000:],
        }
    return None


def write(results: "object", line: "dict[str, object]") -> None:
    """Write a line that outlives a crash of this process."""
    results.write(json.dumps(line) + "\n")  # type: ignore[attr-defined]
    results.flush()  # type: ignore[attr-defined]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
