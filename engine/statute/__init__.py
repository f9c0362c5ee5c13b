"""The law as pure functions: working days, receipt, clock, fees, decisions, remedies, annual return.

Standard library only. Nothing here reads a clock or a file: today, calendar and policy are arguments.
"Art. n" alone means the Regulations on Open Government Information (政府信息公开条例, State Council Decree 711).
"""
