"""Accounts: people, roles, ways in, second factors, sessions, letters, filters; what the log says of signing in."""

from .doers import NOBODY
from .factors import FACTOR_EVENTS, factor_changed, take_factors
from .filters import MOST_FILTERS, change_filter, remove_filter, save_filter
from .grants import (
    delegate_grant,
    end_grant,
    extend_grant,
    grant_role,
    hand_over,
    switch_grant,
    withdraw_grant,
)
from .invitations import accept_invitation, invite, resend_invitation, revoke_invitation
from .keeping import Contact, change_user, read_contact, renew_password, start_again, stop_user
from .letters import send_letter, send_waiting_letters
from .passwords import ask_reset, change_password, reset_password
from .people import create_user
from .sessions import end_session, end_sessions, mark_session, take_sessions
from .signing import record_refused_sign_in, record_sign_in, record_sign_out
from .single_sign_on import is_waiting, linked, take_from_waiting, unlink, welcome

__all__ = [
    "FACTOR_EVENTS",
    "MOST_FILTERS",
    "NOBODY",
    "Contact",
    "accept_invitation",
    "ask_reset",
    "change_filter",
    "change_password",
    "change_user",
    "create_user",
    "delegate_grant",
    "end_grant",
    "end_session",
    "end_sessions",
    "extend_grant",
    "factor_changed",
    "grant_role",
    "hand_over",
    "invite",
    "is_waiting",
    "linked",
    "mark_session",
    "read_contact",
    "record_refused_sign_in",
    "record_sign_in",
    "record_sign_out",
    "remove_filter",
    "renew_password",
    "resend_invitation",
    "reset_password",
    "revoke_invitation",
    "save_filter",
    "send_letter",
    "send_waiting_letters",
    "start_again",
    "stop_user",
    "switch_grant",
    "take_factors",
    "take_from_waiting",
    "take_sessions",
    "unlink",
    "welcome",
    "withdraw_grant",
]
