"""A process that holds one contender: requests are lines of JSON, an answer is a line "> " and JSON."""

import importlib
import json
import sys
import traceback

def open_library(request):
    module = importlib.import_module(f"with_{request['library']}")
    return module.open(request["workload"], request["options"])


def main():
    contender = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "open":
                contender = open_library(request)
                result = contender.about
            elif request["do"] == "run":
                result = contender.run(request["steps"])
            elif request["do"] == "check":
                result = contender.check(request["steps"])
            else:
                if contender is None:
                    contender = open_library(request)
                result = getattr(contender, request["name"])(request["given"])
            answer = {"result": result}
        except Exception as error:  # whatever a library throws is the row's answer
            traceback.print_exc(file=sys.stderr)
            answer = {"error": f"{type(error).__name__}: {error}"}
        print("> " + json.dumps(answer), flush=True)


main()
