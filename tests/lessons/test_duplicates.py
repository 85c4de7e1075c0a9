"""What makes two lessons say the same."""

from lessons.duplicates import fingerprint


def test_a_stored_fingerprint_can_be_compared_later():
    assert fingerprint("# A\n\nSome Text.\n") == "05ed93b9b147e7b2a20575e1efb0241d"


def test_case_blanks_emphasis_and_the_title_make_no_other_text():
    assert fingerprint("# One\n\nSome **text**\nhere.") == fingerprint("# Two\r\n\r\nsome   text here.\n\n")


def test_other_words_make_another_fingerprint():
    assert fingerprint("# A\n\nSome text.") != fingerprint("# A\n\nSome texts.")
