-- How many milestones stand is asked by every page of reminders: counted without reading them.
CREATE INDEX milestones_standing ON milestones (organisation_id, grouping) WHERE state = 'planned';
