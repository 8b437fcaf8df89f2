"""What a person may put beside Orca's settings: writes down whatever goes to the voice, a line of JSON each.

Its own log (--debug-file) has the same words, but asks the application so much about each event that Orca is late on a busy machine.
"""

import json
import os

import orca.speech

said = open(os.path.join(os.environ["XDG_CONFIG_HOME"], "said.jsonl"), "a", buffering=1, encoding="utf-8")
speak = orca.speech._speak


def write_and_speak(text, *rest):
    said.write(json.dumps(text, ensure_ascii=False) + "\n")
    speak(text, *rest)


orca.speech._speak = write_and_speak
