"""The product's version, in this one place. `CHANGELOG.md` says what came with each."""

VERSION = "1.0.0"
