-- What a payment file says, row by row.

-- payment_rows --
-- Every row with its amount in fen, below zero for money that went out; empty text where the file says nothing.
SELECT
    row,
    paid_on,
    CAST(100 * CASE
        WHEN amount IS NULL THEN
            CASE WHEN credit IS NULL AND debit IS NULL THEN NULL ELSE COALESCE(credit, 0) - COALESCE(debit, 0) END
        WHEN direction IS NOT NULL AND LOWER(direction) IN :out THEN -ABS(amount)
        ELSE amount
    END AS BIGINT) AS fen,
    COALESCE(reference, '') AS reference,
    COALESCE(reverses, '') AS reverses,
    COALESCE(loan_id, '') AS loan_id,
    COALESCE(contract_no, '') AS contract_no,
    COALESCE(borrower_id, '') AS borrower_id,
    COALESCE(payer, '') AS payer,
    COALESCE(account, '') AS account,
    COALESCE(remark, '') AS remark
FROM payment_typed
ORDER BY row
