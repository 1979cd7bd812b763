"""Every finding code except those of rules: what it means, an example and the fix."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Code:
    """One kind of mistake."""

    code: str
    severity: str
    title: str
    example: str
    fix: str


CODES: dict[str, Code] = {
    code.code: code
    for code in [
        Code("E001", "error", "File cannot be read", "a folder named `answers/goals.yml`", "Restore a readable file."),
        Code("E002", "error", "File is not UTF-8 text", "a file saved as UTF-16", "Save it as UTF-8 in your editor."),
        Code("E003", "error", "Not valid YAML", "`who: [comms_only`", "Close brackets and quotes; indent with spaces."),
        Code("E004", "error", "Key appears twice", "`who:` on two lines", "Keep one of the two."),
        Code("E005", "error", "YAML feature that is not allowed", "`who: &a comms_only`", "Write the value out."),
        Code(
            "E006",
            "error",
            "Unresolved merge conflict",
            "`<<<<<<< HEAD`",
            "Keep one version, and delete the marker lines.",
        ),
        Code(
            "E007", "error", "More mistakes than are listed", "a hundred thousand unknown keys", "Fix the first ones."
        ),
        Code("E010", "error", "Not an agency's repository", "no `policy.yml`", "Change to the folder, or create one."),
        Code("E011", "error", "Unknown catalog", "`catalog: social-medai`", "Write the name of a catalog that exists."),
        Code(
            "E012",
            "error",
            "Link out of the repository",
            "`answers/use.yml` as a link to `/srv/use.yml`",
            "Put the file itself there.",
        ),
        Code("E013", "error", "Site without the hook", "`mkdocs.yml` without `hooks:`", "Name the hook file."),
        Code("E014", "error", "Hook file not found", "`- hooks/polcy.py`", "Correct the path."),
        Code("E015", "error", "Name with a mistake", "`Overrides/`, `checklist.yml`", "Rename it."),
        Code("E016", "error", "Requirement without a hash", "`policywright==0.1.0`", "Name the wheel and its hash."),
        Code(
            "E021", "error", "Another command is writing", "two commands at once", "Run the command again in a moment."
        ),
        Code("E022", "error", "File cannot be written", "a read-only `sign-offs.yml`", "Make it writable."),
        Code("E101", "error", "Unknown key", "`interaction_modle:`", "Correct the name, or delete the line."),
        Code("E102", "error", "Not one of the choices", "`enabled: offf`", "Write one of the choices."),
        Code(
            "E103",
            "error",
            "Wrong kind of value",
            "`primary: two_way_engagement`",
            "Write a list where a list belongs.",
        ),
        Code("E104", "error", "Value appears twice in a list", "`[alt_text, alt_text]`", "Delete one of the two."),
        Code("E105", "error", "Not a date", "`adopted: 1 March`", "Write year, month and day: 2027-03-01."),
        Code("E106", "error", "Missing key", "a register entry without `title:`", "Add the key."),
        Code(
            "E107",
            "error",
            "Unknown file in answers/ or overrides/",
            "`answers/goal.yml`",
            "Rename it, or move it elsewhere.",
        ),
        Code("E108", "error", "Unknown file in registers/", "`registers/policies.yml`", "Rename it, or move it."),
        Code(
            "E109",
            "error",
            "Invisible character",
            "a direction override in a name",
            "Delete it and type the text again.",
        ),
        Code("E110", "error", "Base not found", "`base: ../departmnet`", "Write the path of the other repository."),
        Code("E111", "error", "Bases in a circle", "A builds on B, and B on A", "Remove one “base:”."),
        Code(
            "E112",
            "error",
            "Unknown preset or role",
            "`preset: twoway`",
            "Write one of the names that the message lists.",
        ),
        Code("E113", "error", "Unknown checklist item", "`item: L-99`", "Write the id from the checklist."),
        Code(
            "E114", "error", "Color with too little contrast", "`accent: '#ffcc00'`", "Choose one with more contrast."
        ),
        Code("E116", "error", "Logo not found", "`logo: seal.svg`", "Put the picture below `docs/`."),
        Code("E117", "error", "Wrong edit address", "`edit: git.example.gov`", "Write one with `{file}` in it."),
        Code("E115", "error", "Decision about an unknown rule", "`rule: GOAL-99`", "Write the code of a rule."),
        Code(
            "E118", "error", "Not a period of time", "`review_every: yearly`", "Write a number and a unit: 12 months."
        ),
        Code(
            "E301",
            "error",
            "Changed release",
            "a word corrected in `releases/1.0.yml`",
            "Restore it from the Git history.",
        ),
        Code("E302", "error", "Not a release", "`releases/first.yml`", "Restore the file from Git, or move it."),
        Code(
            "E303",
            "error",
            "Unknown name in a sign-off",
            "`role: counsel`",
            "Write a role, an element or a clause that exists.",
        ),
        Code(
            "E304",
            "error",
            "File cannot be changed by a command",
            "a list in `sign-offs.yml` that ends with `...`",
            "Make the change by hand.",
        ),
        Code(
            "E305", "error", "Unknown cause of a review", "`cause: elections`", "Write a cause that the message lists."
        ),
        Code("E306", "error", "Unknown name in a confirmation", "`office: counsel`", "Write a name that exists."),
        Code("E307", "error", "Unknown clause in an open point", "`provision: CIT-33`", "Write a name that exists."),
        Code("E126", "error", "Wrong lock", "`comments.enabld: {…}` in `locks.yml`", "Correct the name or the value."),
        Code("E501", "error", "Damaged Word file", "a file that was cut off", "Ask for the file again."),
        Code(
            "E502",
            "error",
            "Word file that cannot be opened",
            "a file with a password",
            "Save it as .docx without one.",
        ),
        Code("E503", "error", "Word file from elsewhere", "another agency's document", "Review it by hand."),
        Code("E401", "error", "Damaged answers file", "an interrupted download", "Download it again."),
        Code("E402", "error", "Not an answers file", "JSON from another program", "Choose a file that a form made."),
        Code("E403", "error", "Answers for somebody else", "`agency: the County`", "Use them in that repository."),
        Code("E404", "error", "Answer that is too long", "a one-megabyte text", "Shorten it."),
        Code("E119", "error", "Not an email address", "`acknowledge_to: the Clerk`", "Write an address, or nothing."),
        Code(
            "E120",
            "error",
            "Dates that contradict each other",
            "effective before it is adopted",
            "Correct one of them.",
        ),
        Code(
            "E125",
            "error",
            "Word template that cannot be used",
            "`word_template: lettr.docx`",
            "Put a .docx file there.",
        ),
        Code("E122", "error", "Policy both kept and replaced", "two entries for one policy", "Keep one of them."),
        Code("E121", "error", "Office that nobody answers for", "`legal: none`", "Name the office with its duties."),
        Code("E124", "error", "Choice that the other answers rule out", "`place: us-ny` in Canada", "Choose another."),
        Code("E123", "warning", "Owner differs from the answers", "`owner: the Mayor`", "Leave it empty."),
        Code("E201", "error", "Wrong shortcode in a page", "`<!-- policy: hom -->`", "Write one of the shortcodes."),
        Code("E202", "error", "Comment without an end", "`<!-- Ask counsel.`", "Write `-->` after it."),
        Code("E203", "error", "Front matter that is not YAML", "`title: Press: rules`", "Put the value in quotes."),
        Code("E204", "error", "What a clause may not contain", "a shortcode, or `[placeholder]`", "Remove it."),
        Code("C101", "error", "Wrong condition", "`when: comments.enabeld == 'off'`", "Correct the name or the value."),
        Code("C102", "error", "Wrong placeholder in a text", "`{{ agency.nam }}`", "Show one of the names that exist."),
        Code(
            "C103",
            "error",
            "Clause without front matter or text",
            "no `---` line",
            "Write front matter, then the text.",
        ),
        Code(
            "C201",
            "error",
            "Unknown name in the catalog",
            "`sources: [CTG-99]`",
            "Correct the name, or add what it names.",
        ),
        Code(
            "C202",
            "error",
            "Question does not fit its type",
            "`type: choice` without choices",
            "Add or delete the keys.",
        ),
        Code("C203", "error", "Questions ask in a circle", "a question that depends on itself", "Change one `when:`."),
        Code("C204", "error", "Id used twice", "two rules `GOAL-01`", "Give one of them another id."),
        Code("C205", "error", "File name and code differ", "`CIT-1-open.md` with `code: CIT-2`", "Make them agree."),
        Code(
            "C206", "error", "Code without a clause", "a section lists `CIT-9`", "Write the clause, or remove the code."
        ),
        Code(
            "C207",
            "error",
            "Published text shows an internal answer",
            "a clause with `when: security.mfa == 'none'`",
            "Reword it so that it says the same whatever the answer is.",
        ),
        Code("C208", "error", "Word without its definition", "`defines: [Post]`", "Write `**Post:**` in the text."),
        Code(
            "C209",
            "error",
            "Migration step that cannot be applied",
            "a rename to an unknown question",
            "Correct the step.",
        ),
        Code(
            "C210",
            "error",
            "Separation without exactly two roles",
            "`roles: [moderator]` under `separate:`",
            "Name two roles.",
        ),
        Code("C213", "error", "Stand-in for itself", "`stand_in: hr` under `hr`", "Name another role."),
        Code("C212", "error", "Preset that answers a fact", "a preset with `records.schedule: yes`", "Remove it."),
        Code(
            "C211",
            "error",
            "Parts of a clause do not fit",
            "`procedures: none` together with a text for the procedures",
            "Begin the procedures with the line “## Procedures”, once.",
        ),
        Code("C220", "error", "Markup that a browser runs", "`<script>` in a clause", "Delete it."),
        Code(
            "B102", "blocker", "A locked answer differs", "comments are closed", "Give an answer that the lock allows."
        ),
        Code("B103", "blocker", "A locked clause is missing", "another answer removes it", "Answer as the base does."),
        Code(
            "B101", "blocker", "A locked clause is changed", "an override of a department's locked clause", "Delete it."
        ),
        Code("G101", "gap", "Essential question is open", "`who:`", "Answer it."),
        Code("G102", "gap", "Essential answer is only assumed", "the preset answers for you", "Write your own answer."),
        Code("G103", "gap", "Unknown fact that a blocker depends on", "`spokesperson_rule: unknown`", "Find out."),
        Code("G104", "advice", "Unknown fact", "`union_notice: unknown`", "Ask the office that can find out."),
        Code("L101", "gap", "Sign-off is missing", "`status: in_review` and nobody signed", "Run `policywright sign`."),
        Code("L102", "gap", "Sign-off has lapsed", "a provision changed after it was signed", "Let the office sign."),
        Code(
            "L103",
            "blocker",
            "Status that the policy has not reached",
            "`status: approved` and no release of the version",
            "Go back to the previous status, or run `policywright release`.",
        ),
        Code("L104", "warning", "Review is overdue", "`review_due: '2027-03-01'` in April 2027", "Review the policy."),
        Code(
            "L105",
            "blocker",
            "One person where two are needed",
            "the person who drafted alone signed an element",
            "Let a second person sign.",
        ),
        Code(
            "L106",
            "advice",
            "Sign-off that covers nothing",
            "a sign-off of clauses that are gone",
            "Keep it for the record.",
        ),
        Code(
            "L107",
            "warning",
            "One office where two are needed",
            "`moderator:` and `communications:` with one name",
            "Name another office.",
        ),
        Code("L108", "warning", "Status is behind its date", "`approved` after `in_force:`", "Write `in_force`."),
        Code(
            "L110",
            "advice",
            "One person holds many offices",
            "six roles named “the Town Clerk”",
            "Have somebody check.",
        ),
        Code("L109", "blocker", "Date in the future", "a sign-off dated next year", "Correct the date."),
        Code(
            "L201",
            "warning",
            "Acknowledgement of an unknown version",
            "`version` 1.9",
            "Correct it, or delete the row.",
        ),
        Code(
            "L202",
            "warning",
            "Acknowledgement of a different text",
            "the fingerprint of a draft",
            "Ask for a new acknowledgement.",
        ),
        Code("L203", "warning", "Invalid row in acknowledgements.csv", "a row without a date", "Correct it."),
        Code("L204", "error", "Acknowledgements without a column", "no `fingerprint`", "Name the four columns."),
        Code(
            "P101",
            "warning",
            "Provision without its companion",
            "a clause requires CIT-2",
            "Change the answer, or write the clause.",
        ),
        Code(
            "P102",
            "warning",
            "Siblings of a reworded clause",
            "your wording of CIT-1 and the catalog’s house rules",
            "Compare them, then run `policywright reword CIT-1-comments-all --looked-at`.",
        ),
        Code(
            "P103",
            "warning",
            "Text for the policy where the catalog has procedures",
            "an override of SEC-4-search without “## Procedures”",
            "Put the heading above its text.",
        ),
        Code("U101", "warning", "Answer without a place", "a row in `answers/_unmapped.yml`", "Move it, or delete it."),
        Code(
            "U102",
            "error",
            "File that cannot be edited line by line",
            "`{enabled: 'off', appeal: none}` on one line",
            "Write each answer on a separate line.",
        ),
        Code("U103", "error", "File under its old and its new name", "an override that was copied", "Keep one."),
        Code(
            "V101",
            "error",
            "Page missing from the finished site",
            "a host that did not run the hook",
            "Build with the hook.",
        ),
        Code("V102", "error", "Provision missing from its page", "a plugin that changes pages", "Remove the plugin."),
        Code("V103", "error", "Left-out clause in a published site", "copied into one of your pages", "Remove it."),
        Code("V104", "error", "Unfilled template in a page", "`{{ agency.name }}` in the site", "Build with the hook."),
        Code("V105", "error", "Empty provision", "a clause that fills to nothing", "Write its text."),
        Code("V106", "error", "Words missing from a page", "a plugin that changes pages", "Remove the plugin."),
        Code("W101", "warning", "Answer file is missing", "no `answers/goals.yml`", "Run `policywright skeleton`."),
        Code("W102", "warning", "Answer file is empty", "an empty `answers/goals.yml`", "Answer its questions."),
        Code("W103", "warning", "Answer is not used", "an answer to a question that is not asked", "Leave it empty."),
        Code("W120", "warning", "Text cut by “#”", "`owner: Town Manager #2`", "Put the text in quotes."),
        Code("W121", "warning", "Format that is not available here", "`formats: [pdf]` without typst", "Install it."),
        Code("W122", "advice", "Character that no font has", "an emoji in a clause, and PDF files", "Install a font."),
        Code("W401", "warning", "Answers from a form of another version", "`version: 0.0.9`", "Build the form again."),
        Code("W402", "warning", "Answer that no longer exists", "a choice that was removed", "Answer it again."),
        Code("W106", "warning", "Copy beside a file", "`policy.yml.bak`", "Delete it."),
        Code(
            "W107",
            "warning",
            "Requirement that pip cannot install",
            "a wheel without a hash in `requirements.txt`",
            "Put the wheel into `wheelhouse/`, and write its hash.",
        ),
        Code("W105", "advice", "Decision that covers nothing", "a decision on a conflict that was fixed", "Delete it."),
        Code("W104", "warning", "Another version is running", "`policywright==0.0.9`", "Install what the file names."),
    ]
}
