# Includes point one way: rules <- sensor <- collector, and within rules base <- packet <- analysis and confine <- policy <- logs.
. "$(dirname "$0")/common.sh"

# What the files of a folder may include of the project.
allowed_for() {
    case $1 in
        rules/base/*) echo 'rules/base' ;;
        rules/packet/*) echo 'rules/(base|packet)' ;;
        rules/analysis/*) echo 'rules/(base|packet|analysis)' ;;
        rules/confine/*) echo 'rules/(base|confine)' ;;
        rules/logs/*) echo 'rules/(base|packet|policy|logs)' ;;
        rules/*) echo 'rules/(base|packet|analysis|confine|policy)' ;;
        sensor/*) echo '(rules|sensor)' ;;
        *) echo '(rules|sensor|collector)' ;;
    esac
}

source_files | while IFS= read -r file; do
    sed -n 's/^#include "\(.*\)".*/\1/p' "$file" | grep -Ev "^$(allowed_for "$file")/" | sed "s|^|$file includes |" || true
done | expect_nothing 'includes against the direction of the house'
