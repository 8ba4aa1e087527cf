"""Strategic stability: what a defense does to the reasons for striking first, and to an arms race."""
