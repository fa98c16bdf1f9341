# Nothing is left for later in the text: work to be done stands in a tracker.
. "$(dirname "$0")/common.sh"

marks='TO''DO|FIX''ME|X''XX'
text_files | tr '\n' '\0' | xargs -0 grep -nE "(^|[^A-Za-z])($marks)([^A-Za-z]|$)" /dev/null | expect_nothing 'unfinished'
