-- grade_epoch --
-- The values of the classification rules over one run of days; ranks 0 to 4 stand for normal to loss.
SELECT
  :first_day AS first_day, :last_day AS last_day,
  :special_mention_after AS special_mention_after, :substandard_after AS substandard_after,
  :doubtful_after AS doubtful_after, :loss_after AS loss_after,
  :restructured_floor AS restructured_floor, :again_floor AS again_floor

-- grade --
-- The five-class grade of every loan by the rules in force on its own cut-off date; none where none is in force.
WITH in_force AS (
  SELECT days.cutoff_on, grade_epochs.*
  FROM (SELECT DISTINCT cutoff_on FROM loans) AS days
  JOIN grade_epochs ON days.cutoff_on >= grade_epochs.first_day AND days.cutoff_on <= grade_epochs.last_day
),
floors AS (
  SELECT
    loans.row, loans.loan_id, loans.grade AS seller_grade,
    CASE
      WHEN in_force.cutoff_on IS NULL OR loans.days_overdue IS NULL THEN NULL
      WHEN loans.days_overdue > in_force.loss_after THEN 4
      WHEN loans.days_overdue > in_force.doubtful_after THEN 3
      WHEN loans.days_overdue > in_force.substandard_after THEN 2
      WHEN loans.days_overdue > in_force.special_mention_after THEN 1
      ELSE 0
    END AS overdue_floor,
    CASE
      WHEN loans.restructured_times >= 1 THEN in_force.restructured_floor ELSE 0
    END AS restructured_floor,
    CASE
      WHEN loans.restructured_times >= 2 THEN in_force.again_floor ELSE 0
    END AS again_floor
  FROM loans
  LEFT JOIN in_force ON loans.cutoff_on = in_force.cutoff_on
),
ranked AS (
  SELECT *, CASE WHEN overdue_floor IS NOT NULL
    THEN GREATEST(overdue_floor, restructured_floor, again_floor) END AS class_rank
  FROM floors
),
graded AS (
  SELECT
    *,
    CASE class_rank
      WHEN 0 THEN 'normal' WHEN 1 THEN 'special_mention' WHEN 2 THEN 'substandard'
      WHEN 3 THEN 'doubtful' WHEN 4 THEN 'loss'
    END AS grade
  FROM ranked
)
SELECT
  row, loan_id, seller_grade, grade,
  COALESCE(seller_grade, grade) AS effective_grade,
  CASE
    WHEN class_rank IS NULL THEN ''
    WHEN class_rank > restructured_floor AND class_rank > again_floor THEN 'CN-CLS-01'
    WHEN class_rank = 0 THEN 'CN-CLS-01'
    ELSE CONCAT_WS(
      ' ',
      CASE WHEN overdue_floor = class_rank THEN 'CN-CLS-01' END,
      'CN-CLS-02',
      CASE WHEN again_floor = class_rank AND again_floor > restructured_floor THEN 'HS-CLS-01' END
    )
  END AS because,
  COALESCE(seller_grade <> grade, FALSE) AS differs,
  :rule_book AS rule_book
FROM graded

-- grade_pairs --
-- How the seller's grades and the computed grades meet, counting loans graded before the order's transition ended.
SELECT
  grades.seller_grade, grades.grade,
  COUNT(*) AS loans,
  COUNT(*) FILTER (
    WHERE loans.originated_on < :order_from AND loans.cutoff_on <= :old_book_by
  ) AS old_book,
  COALESCE(SUM(loans.total), 0) AS amount
FROM grades
JOIN loans ON grades.row = loans.row
WHERE grades.differs
GROUP BY grades.seller_grade, grades.grade
ORDER BY grades.seller_grade, grades.grade

-- ungraded --
-- Loans without a computed grade by cut-off date, apart from those that only lack the days overdue.
SELECT
  loans.cutoff_on,
  COUNT(*) AS loans,
  COUNT(*) FILTER (WHERE loans.days_overdue IS NULL) AS without_days
FROM grades
JOIN loans ON grades.row = loans.row
WHERE grades.grade IS NULL
GROUP BY loans.cutoff_on
ORDER BY loans.cutoff_on

-- grade_assumptions --
-- How many loans were graded on the assumption that an undated second restructuring was inside the observation.
SELECT COUNT(*) FILTER (WHERE REGEXP_MATCHES(because, 'HS-CLS-01')) AS assumed FROM grades
