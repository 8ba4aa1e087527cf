"""How published numbers of interceptors are played."""

from collections.abc import Callable

from cupola.studies.reproduce_case import Found, Inputs


def _size_doctrine(inputs: Inputs) -> Found:
    from cupola.studies.doctrine import size_doctrine

    goal, shots = (None if text is None else float(text) for text in (inputs.get("goal"), inputs.get("shots")))
    answer = size_doctrine(
        warheads=int(inputs["warheads"]),
        decoys=int(inputs.get("decoys", "0")),
        goal=goal,
        shots=shots,
        kill=float(inputs["kill"]),
        track=float(inputs.get("track", "1")),
        policy=inputs.get("policy", "barrage"),
    )
    return {"interceptors": answer["interceptors_exact"], "no_leak": answer["probability_no_leak_exact"]}


METHODS: dict[str, Callable[[Inputs], Found]] = {"size-doctrine": _size_doctrine}
