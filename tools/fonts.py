"""The fonts of programs that are unpacked without being installed."""

from pathlib import Path


def write_configuration(root: Path) -> dict[str, str]:
    """Write which fonts there are, and return the variable that says so.

    :param root: the folder of the unpacked packages
    """
    fonts = root.parent / "fonts.conf"
    fonts.write_text(
        f"""<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>{root}/usr/share/fonts</dir>
  <cachedir>{root.parent}/fonts</cachedir>
  <alias><family>sans-serif</family><prefer><family>Roboto</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
"""
    )
    return {"FONTCONFIG_FILE": str(fonts)}
