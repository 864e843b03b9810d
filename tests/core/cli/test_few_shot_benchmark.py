from core.cli.main import EXIT_NOTHING_DONE, EXIT_OK, main


def test_the_page_names_the_command_that_made_it(tmp_path, tiny_weights, capsys):
    arguments = ["benchmark", "fewshot", "--out", str(tmp_path / "out"), "--shots", "1", "--images", "1"]
    arguments += ["--steps", "5", "--weights", str(tiny_weights), "--sets", "generated", "--device", "cpu"]
    page = tmp_path / "few-shot.md"
    page.write_text("# Few shots\n\n<!-- fewshot: begin -->\n<!-- fewshot: end -->\nThe end.\n")
    assert main([*arguments, "--docs", str(page)]) == EXIT_OK
    text = page.read_text()
    assert "`residua benchmark fewshot --out DIR --images 1 --shots 1 --steps 5 --weights FILE" in text
    assert text.startswith("# Few shots")
    assert text.endswith("The end.\n")
    assert "| own encoder, head only | 1 |" in capsys.readouterr().out


def test_a_set_that_is_not_there_is_named_with_those_that_are(tmp_path, capsys):
    arguments = ["benchmark", "fewshot", "--out", str(tmp_path), "--sets", "wafers"]
    assert main(arguments) == EXIT_NOTHING_DONE
    assert "no set named wafers" in capsys.readouterr().err
