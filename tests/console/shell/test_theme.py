"""Light, dark, or as the system has it: a choice that is kept in the browser."""

import pytest
from flask.testing import FlaskClient

from tests.browsing import submit


def choose(client: FlaskClient, theme: str, url: str = "/admin/post/?search=a&sort=id") -> str:
    answer = submit(client, "/admin/", "/admin/theme/", theme=theme, url=url)
    assert answer.status_code == 303
    return answer.location


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_choice_is_kept_and_leads_back(signed_in: FlaskClient, theme: str) -> None:
    assert choose(signed_in, theme) == "/admin/post/?search=a&sort=id"
    for address in ("/admin/user/", "/login"):
        page = signed_in.get(address, follow_redirects=True).text
        assert f'data-theme="{theme}"' in page
        assert f'<meta name="color-scheme" content="{theme}">' in page
    assert f'value="{theme}" aria-pressed="true"' in signed_in.get("/admin/").text


@pytest.mark.parametrize("theme", ["system", "", "purple"])
def test_anything_else_is_as_the_system_has_it(signed_in: FlaskClient, theme: str) -> None:
    choose(signed_in, "dark")
    choose(signed_in, theme)
    page = signed_in.get("/admin/").text
    assert "data-theme=" not in page
    assert 'value="system" aria-pressed="true"' in page


def test_it_leads_nowhere_else(signed_in: FlaskClient) -> None:
    assert choose(signed_in, "dark", "https://example.com/") == "/admin/"


def test_the_way_back_is_the_page_itself(signed_in: FlaskClient) -> None:
    assert (
        'name="url" value="/admin/post/?sort=id&amp;search=a"'
        in signed_in.get("/admin/post/?sort=id&search=a").text
    )
