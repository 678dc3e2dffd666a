"""`tinygrad-cnn graph` of a model that does not work: the picture shows where and why."""

from tinygrad_cnn.cli import main


def test_a_model_of_the_users_that_fails_is_drawn_up_to_where_it_fails(tmp_path, capsys):
    file = tmp_path / "net.py"
    file.write_text(
        "from tinygrad_cnn import nn\n"
        "def make(num_classes):\n"
        "    return nn.Sequential(nn.Flatten(), nn.Linear(100, num_classes))\n"
    )
    assert main(["graph", "--model", f"{file}:make", "--size", "4"]) == 0
    shown = capsys.readouterr().out
    assert "FAILED" in shown
    assert "I is 48 in x but 100 in w" in shown
