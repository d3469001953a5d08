"""The examples of a page of the documentation."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Page:
    def __init__(self, name: str):
        self.text = (ROOT / name).read_text()

    def blocks(self, language: str) -> list[str]:
        return re.findall(rf"```{language}\n(.*?)```", self.text, re.DOTALL)

    def block_with(self, text: str, language: str = "sh") -> str:
        return next(block for block in self.blocks(language) if text in block)

    def tables(self) -> list[list[list[str]]]:
        """The cells of each table, without its head."""
        found = re.findall(r"^\| --- .*\n((?:\|.*\n)+)", self.text, re.MULTILINE)
        return [
            [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()]
            for table in found
        ]
