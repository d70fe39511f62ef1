#!/bin/sh
# Builds folkmoot/web/static/folkmoot: the style sheet, the font, the puzzle of anonymous forms,
# and the licences of what comes from elsewhere.
# The result is committed, so that running Folkmoot needs no npm. Needs node, npm and gzip.
# The GOV.UK font, crown and crest are left out: they may not be used off GOV.UK.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out="$here/../../folkmoot/web/static/folkmoot"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$here"/*.scss "$here"/*.js "$here/package.json" "$work"
cd "$work"
npm install --no-package-lock --no-audit --no-fund --ignore-scripts --silent

made="$work/made"
mkdir -p "$out" "$made"

digest() { sha256sum "$1" | cut -c1-8; }

# Fonts carry their digest in their name, so that browsers may keep them for ever.
fonts=node_modules/@fontsource/atkinson-hyperlegible
{
  for weight in 400 700; do
    for script in latin latin-ext; do
      file="$fonts/files/atkinson-hyperlegible-$script-$weight-normal.woff2"
      name="atkinson-$script-$weight.$(digest "$file").woff2"
      cp "$file" "$made/$name"
      case $script in
        latin) range="U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2212,U+2215,U+FEFF,U+FFFD" ;;
        *) range="U+0100-0130,U+0132-0151,U+0154-02BA,U+1E00-1E9F,U+1EF2-1EFF" ;;
      esac
      printf '@font-face{font-family:"Atkinson Hyperlegible";font-style:normal;font-weight:%s;' "$weight"
      printf 'font-display:swap;src:url(%s) format("woff2");unicode-range:%s}\n' "$name" "$range"
    done
  done
} > _fonts.scss
cp "$fonts/LICENSE" "$made/atkinson-hyperlegible-LICENSE.txt"

npx sass --no-source-map --style=compressed --quiet-deps --load-path=node_modules \
  folkmoot.scss folkmoot.css
name="folkmoot.$(digest folkmoot.css).css"
cp folkmoot.css "$made/$name"
gzip -n -9 -c folkmoot.css > "$made/$name.gz"
cp "$here/govuk-frontend-LICENSE.txt" "$made/"

# Altcha's widget without its workers inside, so that the content security policy may stay strict,
# the one worker that is used, and what puts them to use (puzzle.js), which is told their names.
altcha=node_modules/altcha
widget="altcha.$(digest "$altcha/dist/external/altcha.min.js").js"
worker="altcha-worker.$(digest "$altcha/dist/workers/pbkdf2.js").js"
cp "$altcha/dist/external/altcha.min.js" "$made/$widget"
cp "$altcha/dist/workers/pbkdf2.js" "$made/$worker"
cp "$altcha/LICENSE.txt" "$made/altcha-LICENSE.txt"
sed -e "s/@altcha@/$widget/" -e "s/@altcha-worker@/$worker/" puzzle.js > puzzle.made.js
puzzle="puzzle.$(digest puzzle.made.js).js"
cp puzzle.made.js "$made/$puzzle"
for script in "$widget" "$worker" "$puzzle"; do
  gzip -n -9 -c "$made/$script" > "$made/$script.gz"
done

# Only now that everything is made does it take the place of what was there.
rm -f "$out"/*.css "$out"/*.css.gz "$out"/*.woff2 "$out"/*.txt "$out"/*.????????.js*
mv "$made"/* "$out/"

echo "$name: $(wc -c < folkmoot.css) bytes, $(wc -c < "$out/$name.gz") compressed"
