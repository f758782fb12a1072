"""The words that are printed in scenes; some of them never in training."""

from __future__ import annotations

TRAIN_WORDS: tuple[str, ...] = tuple(
    """
    open closed welcome hello sale cafe bakery happy birthday party music dance fresh bread
    coffee tea milk juice pizza soup cake candy lemon apple orange garden park zoo beach lake
    river forest island summer winter spring autumn sunny rain storm wind grand opening today
    tomorrow monday friday sunday morning evening night big small new old hot cold fast slow
    quiet please thank you stop go exit enter push pull north south east west market shop store
    school library museum hotel taxi train bus bike road street bridge tower castle king queen
    magic dream wish love peace hope joy fun game play win best free gift prize bonus extra
    hurry relax enjoy smile jazz rock film book story news photo paint draw quick fox jump zebra
    vivid quiz max yoga wax kiwi
    """.split()  # noqa: SIM905 - a list of words reads best as text
)
"""Words that training scenes print."""

HELD_OUT_WORDS: tuple[str, ...] = tuple(
    """
    festival picnic honey rabbit planet silver window travel ticket juggle breeze cookie
    monkey velvet orchid parade pepper rhythm sketch tulip
    """.split()  # noqa: SIM905
)
"""Words that no training scene prints."""
