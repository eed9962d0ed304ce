# Read by the scripts here that print one line a figure: its name, its value, its bar and the verdict. `failed` is 1 once a
# figure falls short; `figure_width` is the width of a name.
failed=0 figure_width=52

# figure NAME VALUE BAR [least]: at most the bar, or at least
figure() {
  local verdict=passed word="at most"
  [[ "${4:-}" != least ]] || word="at least"
  [[ "$2" =~ ^-?[0-9.] ]] &&  # nothing measured is no figure
    awk -v value="$2" -v bar="$3" -v word="$word" 'BEGIN { exit !(word == "at most" ? value <= bar : value >= bar) }' ||
    { verdict="FALLS SHORT" && failed=1; }
  printf '%-*s %10s  %s %-6s %s\n' "$figure_width" "$1" "$2" "$word" "$3" "$verdict"
}

# skip NAME WHY
skip() { printf '%-*s %10s  SKIPPED: %s\n' "$figure_width" "$1" - "$2"; }

# The median of the numbers on standard input.
median() {
  sort -g | awk '{ x[NR] = $1 } END { printf "%.4f\n", NR % 2 ? x[(NR + 1) / 2] : (x[NR / 2] + x[NR / 2 + 1]) / 2 }'
}
