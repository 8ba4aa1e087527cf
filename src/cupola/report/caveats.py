"""What the model leaves out, said where the results are read."""

from collections.abc import Sequence

from cupola.report.markup import paragraph, section, text

LIMITS: Sequence[tuple[str, str]] = (
    (
        "Notional parameters.",
        "Every number is from the open literature or assumed. No result describes a fielded system.",
    ),
    (
        "Intervals cover chance, not ignorance.",
        "They say how far the mean could move with other random draws. What nobody publishes is uncertain beyond "
        "them, unless the "
        "scenario lists it under uncertain values.",
    ),
    (
        "Warheads do not evade.",
        "Gliders and cruise missiles fly the path they were given; nothing turns because an interceptor comes.",
    ),
    (
        "The defense is not attacked.",
        "Sensors, satellites, links and command are not jammed, blinded or destroyed, and nuclear effects are "
        "not modelled.",
    ),
    (
        "Decoys are simple.",
        "A decoy, spent tank or fragment differs from a warhead by one feature distance, a drag and a signature. "
        "Jammers and chaff are not modelled.",
    ),
    (
        "Detections, not pictures.",
        "Two objects are told apart or not by one resolution per sensor; nothing is read from the shape of a signal, "
        "and no track is corrected by hand.",
    ),
    (
        "Points, not bodies.",
        "Everything flies in three degrees of freedom. There is no weather but a cloud top and a laser's chance of "
        "a clear sky, no terrain and no ocean.",
    ),
    (
        "One commander who knows what the sensors know,",
        "unless the scenario has a network whose messages are late or lost, or whose national node is cut. Nobody "
        "hesitates beyond the stated delays.",
    ),
    (
        "A kill is a chance.",
        "How far an interceptor passes from its target is computed; whether a pass within its lethal radius destroys "
        "it is drawn with a stated probability.",
    ),
    (
        "One raid, full readiness,",
        "unless the scenario says what is out of service, on alert or being reloaded. Cost, schedule and what either "
        "side would do next are not part of this page.",
    ),
)


def caveats_section() -> str:
    """Return the list of limits."""
    items = "".join(f"<li><b>{text(title)}</b> {text(words)}</li>\n" for title, words in LIMITS)
    intro = paragraph("Read the results with these in mind.")
    return section("caveats", "What is not modelled", intro, f'<ul class="plain">\n{items}</ul>\n')
