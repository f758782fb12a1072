"""How large a picture may be at all. What is taken from outside is a setting below it."""

MAX_PIXELS = 64_000_000
"""Width x height of any picture that is decoded: 256 MB in memory. ``limits.max_pixels``, what
an upload may have, is at most this; pictures in the store were taken or made by us."""

MAX_ENCODED_BYTES = 5 * MAX_PIXELS
"""Of any picture that is decoded: four channels that do not compress, and what PNG adds."""
