"""What is encrypted at rest survives a new key, as long as the old one is named."""

from flask import Flask

from backoffice.accounts.mfa.encryption import decrypt, encrypt, rotate


def test_a_secret_survives_a_new_key(bare_app: Flask) -> None:
    with bare_app.app_context():
        encrypted = encrypt("JBSWY3DPEHPK3PXP")
        assert "JBSWY3DPEHPK3PXP" not in encrypted
        old = bare_app.config["SECRET_KEY"]
        bare_app.config.update(SECRET_KEY="n" * 40, SECRET_KEY_FALLBACKS=[old])
        assert decrypt(encrypted) == "JBSWY3DPEHPK3PXP"
        renewed = rotate(encrypted)
        assert renewed is not None
        bare_app.config["SECRET_KEY_FALLBACKS"] = []
        assert decrypt(encrypted) is None
        assert rotate(encrypted) is None
        assert decrypt(renewed) == "JBSWY3DPEHPK3PXP"
