"""Pictures of each section of a page, at two widths and in both colour schemes, for people to look at.

    tests/page/shots.py PAGE.html OUT_DIR [SECTION...]
"""

import os
import sys

from browser import Browser, find


def main():
    page, out, only = sys.argv[1], sys.argv[2], sys.argv[3:]
    os.makedirs(out, exist_ok=True)
    with Browser(find()) as browser:
        for width in (1280, 400):
            for dark in (False, True):
                browser.look(width, dark)
                browser.open(page)
                for line in browser.complaints():
                    print(line, file=sys.stderr)
                for section in browser.run("[...document.querySelectorAll('main > section')].map((s) => s.id)"):
                    if not only or section in only:
                        name = "%s-%d-%s.png" % (section, width, "dark" if dark else "light")
                        browser.picture(os.path.join(out, name), "#" + section)
                over = browser.run("document.documentElement.scrollWidth - innerWidth")
                if over > 0:
                    print("at %d the page is %d wider than the window" % (width, over), file=sys.stderr)


if __name__ == "__main__":
    main()
