-- What taking a book into the ledger asks of it, page by page.

-- page_of_loans --
-- Loans of a book by row number, amounts in fen and rates in millionths; those in quarantine are left out.
SELECT
    loans.loan_id, loans.borrower_id,
    CAST(100 * loans.principal AS BIGINT) AS principal,
    CAST(100 * loans.interest AS BIGINT) AS interest,
    CAST(100 * loans.penalty AS BIGINT) AS penalty,
    CAST(100 * loans.compound_interest AS BIGINT) AS compound_interest,
    CAST(100 * loans.fees AS BIGINT) AS fees,
    loans.product,
    CAST(1000000 * CAST(loans.annual_rate AS DECIMAL(18,6)) AS BIGINT) AS annual_rate,
    loans.overdue_since, loans.days_overdue, loans.cutoff_on, loans.lender, loans.branch, loans.contract_no,
    loans.originated_on, loans.matures_on, COALESCE(loans.written_off, FALSE) AS written_off, loans.last_paid_on,
    GREATEST(COALESCE(loans.restructured_times, 0), COALESCE(eased.times, 0)) AS restructured_times,
    loans.grade, grades.grade AS computed
FROM book_loans AS loans
LEFT JOIN book_grades AS grades ON grades.row = loans.row
LEFT JOIN (
    SELECT loan_id, COUNT(DISTINCT happened_on) AS times FROM book_events WHERE kind = 'restructure' GROUP BY loan_id
) AS eased ON eased.loan_id = loans.loan_id
WHERE loans.row >= :first AND loans.row <= :last AND NOT loans.quarantined
ORDER BY loans.row

-- extent --
-- First and last row, loans in quarantine, those without a rate, and what is owed on them in fen.
SELECT
    COALESCE(MIN(row), 0), COALESCE(MAX(row), 0), COUNT(*) FILTER (WHERE quarantined),
    COUNT(*) FILTER (WHERE NOT quarantined AND annual_rate IS NULL),
    CAST(COALESCE(100 * SUM(total + COALESCE(fees, 0)) FILTER (WHERE NOT quarantined), 0) AS BIGINT)
FROM book_loans

-- people --
-- Borrowers of the book's loans in the order of their numbers, with what the tape says about them and its events tell.
SELECT
    who.borrower_id, COALESCE(flags.flags, '') AS flags, COALESCE(own.name, '') AS name,
    COALESCE(own.id_number, '') AS id_number, COALESCE(CAST(own.born_on AS VARCHAR), '') AS born_on,
    COALESCE(own.employer, '') AS employer,
    told.death_on, told.incapacity_on, told.bankruptcy_on, told.mediation_on, told.dispute_on,
    COALESCE(flags.flags, '') <> '' OR told.borrower_id IS NOT NULL AS marked,
    ROW_NUMBER() OVER (ORDER BY who.borrower_id) AS place
FROM (SELECT DISTINCT borrower_id FROM book_loans WHERE NOT quarantined AND borrower_id IS NOT NULL) AS who
LEFT JOIN book_borrowers AS flags ON flags.borrower_id = who.borrower_id
LEFT JOIN (
    SELECT * FROM typed_borrowers WHERE borrower_id IS NOT NULL
    QUALIFY ROW_NUMBER() OVER (PARTITION BY borrower_id ORDER BY row) = 1
) AS own ON own.borrower_id = who.borrower_id
LEFT JOIN (
    SELECT
        loans.borrower_id,
        MIN(CASE WHEN events.kind = 'death' THEN events.happened_on END) AS death_on,
        MIN(CASE WHEN events.kind = 'incapacity' THEN events.happened_on END) AS incapacity_on,
        MIN(CASE WHEN events.kind = 'bankruptcy' THEN events.happened_on END) AS bankruptcy_on,
        MIN(CASE WHEN events.kind = 'mediation' THEN events.happened_on END) AS mediation_on,
        MIN(CASE WHEN events.kind = 'dispute' THEN events.happened_on END) AS dispute_on
    FROM book_events AS events
    JOIN book_loans AS loans ON loans.loan_id = events.loan_id
    WHERE events.kind IN ('death', 'incapacity', 'bankruptcy', 'mediation', 'dispute')
        AND events.happened_on IS NOT NULL AND loans.borrower_id IS NOT NULL
    GROUP BY loans.borrower_id
) AS told ON told.borrower_id = who.borrower_id

-- ways --
-- Ways to reach these people: telephones and electronic addresses, then postal addresses, each once.
SELECT people.place, people.borrower_id, found.kind, found.value, found.role, found.origin
FROM book_people AS people
JOIN (
    SELECT
        borrower_id,
        CASE kind WHEN 'mobile' THEN 'phone' WHEN 'landline' THEN 'phone' ELSE COALESCE(kind, 'phone') END AS kind,
        value, COALESCE(role, 'debtor') AS role, COALESCE(origin, '') AS origin
    FROM typed_contacts
    UNION ALL
    SELECT borrower_id, 'address', text, 'debtor', COALESCE(source, '') FROM typed_addresses
) AS found ON found.borrower_id = people.borrower_id
WHERE found.value IS NOT NULL
QUALIFY ROW_NUMBER() OVER (
    PARTITION BY people.borrower_id, found.kind, found.value ORDER BY found.role, found.origin
) = 1

-- page_of_people --
-- People by place.
SELECT * FROM book_people WHERE place >= :first AND place <= :last ORDER BY place

-- page_of_ways --
-- Ways to reach people by place.
SELECT borrower_id, kind, value, role, origin
FROM book_ways
WHERE place >= :first AND place <= :last
ORDER BY place, kind, value
