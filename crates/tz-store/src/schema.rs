//! The tables, for Diesel: one set of definitions for both databases. Kept in step with `migrations/` by a test.

diesel::table! {
    office (id) {
        id -> BigInt,
        name -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    counter (office_id, name) {
        office_id -> BigInt,
        name -> Text,
        value -> BigInt,
    }
}

diesel::table! {
    setting (office_id, name) {
        office_id -> BigInt,
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    scheme_text (office_id, hash) {
        office_id -> BigInt,
        hash -> Text,
        text -> Text,
    }
}

diesel::table! {
    scheme_adoption (office_id, seq) {
        office_id -> BigInt,
        seq -> BigInt,
        hash -> Text,
        scheme_id -> Text,
        from_date -> Text,
        recorded_at -> BigInt,
        recorded_by -> Nullable<BigInt>,
        withdraws -> Nullable<BigInt>,
        reason -> Text,
    }
}

diesel::table! {
    scheme_draft (id) {
        id -> BigInt,
        office_id -> BigInt,
        hash -> Text,
        name -> Text,
        saved_at -> BigInt,
        saved_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    unit (id) {
        id -> BigInt,
        office_id -> BigInt,
        position -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    unit_version (office_id, seq) {
        office_id -> BigInt,
        seq -> BigInt,
        unit_id -> BigInt,
        name -> Text,
        class -> Text,
        ranking_group -> Text,
        direct_point -> Nullable<Text>,
        parent_id -> Nullable<BigInt>,
        from_date -> Nullable<Text>,
        to_date -> Nullable<Text>,
        recorded_at -> BigInt,
        recorded_by -> Nullable<BigInt>,
        reason -> Text,
        extra -> Nullable<Text>,
        since -> Nullable<Text>,
        heir_id -> Nullable<BigInt>,
        heir_takes_year -> Nullable<Bool>,
        point_field -> Nullable<Text>,
    }
}

diesel::table! {
    person (id) {
        id -> BigInt,
        office_id -> BigInt,
        unit_id -> Nullable<BigInt>,
        name -> Text,
        duty -> Text,
        phone -> Text,
        mail -> Text,
        left_on -> Nullable<Text>,
        created_at -> BigInt,
        from_date -> Nullable<Text>,
    }
}

diesel::table! {
    mailbox (id) {
        id -> BigInt,
        office_id -> BigInt,
        unit_id -> BigInt,
        address -> Text,
        address_key -> Text,
        registered_at -> BigInt,
        closed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    account (id) {
        id -> BigInt,
        office_id -> BigInt,
        login -> Text,
        login_key -> Text,
        name -> Text,
        role -> Text,
        unit_id -> Nullable<BigInt>,
        password_hash -> Text,
        must_change -> Bool,
        disabled -> Bool,
        failures -> BigInt,
        locked_until -> Nullable<BigInt>,
        created_at -> BigInt,
        last_seen_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    session (token_hash) {
        token_hash -> Text,
        account_id -> BigInt,
        csrf -> Text,
        created_at -> BigInt,
        seen_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    invitation (token_hash) {
        token_hash -> Text,
        office_id -> BigInt,
        account_id -> Nullable<BigInt>,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    draft (account_id, form) {
        account_id -> BigInt,
        form -> Text,
        content -> Text,
        saved_at -> BigInt,
    }
}

diesel::table! {
    content (id) {
        id -> BigInt,
        sha256 -> Text,
        size -> BigInt,
        bytes -> Binary,
    }
}

diesel::table! {
    mail (id) {
        id -> BigInt,
        office_id -> BigInt,
        source -> Text,
        message_id -> Nullable<Text>,
        sha256 -> Text,
        content_id -> Nullable<BigInt>,
        received_at -> BigInt,
        sender -> Text,
        subject -> Text,
        fate -> Text,
        reason -> Text,
        unit_id -> Nullable<BigInt>,
        same_as -> Nullable<BigInt>,
        settled_at -> Nullable<BigInt>,
        settled_by -> Nullable<BigInt>,
        held_as -> Text,
        held_why -> Text,
        tries -> BigInt,
        signed_by -> Text,
        head_sha256 -> Nullable<Text>,
    }
}

diesel::table! {
    mailbox_request (id) {
        id -> BigInt,
        office_id -> BigInt,
        unit_id -> BigInt,
        wish -> Text,
        address -> Text,
        address_key -> Text,
        reason -> Text,
        state -> Text,
        asked_at -> BigInt,
        asked_by -> BigInt,
        decided_at -> Nullable<BigInt>,
        decided_by -> Nullable<BigInt>,
        answer -> Text,
        code -> Text,
        code_until -> Nullable<BigInt>,
        code_tries -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    secret_noted (account_id, mail_id) {
        account_id -> BigInt,
        mail_id -> BigInt,
        noted_at -> BigInt,
    }
}

diesel::table! {
    form_refusal (id) {
        id -> BigInt,
        office_id -> BigInt,
        refused_at -> BigInt,
        account_id -> BigInt,
        unit_id -> Nullable<BigInt>,
        sha256 -> Text,
        reason -> Text,
    }
}

diesel::table! {
    form_refusal_noted (account_id, refusal_id) {
        account_id -> BigInt,
        refusal_id -> BigInt,
        noted_at -> BigInt,
    }
}

diesel::table! {
    outgoing (id) {
        id -> BigInt,
        office_id -> BigInt,
        kind -> Text,
        about -> Text,
        address -> Text,
        address_key -> Text,
        mail_id -> Nullable<BigInt>,
        subject -> Text,
        body -> Text,
        message_id -> Text,
        created_at -> BigInt,
        due_at -> BigInt,
        tries -> BigInt,
        state -> Text,
        trouble -> Text,
        claimed_at -> Nullable<BigInt>,
        sent_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    mail_out (office_id) {
        office_id -> BigInt,
        enabled -> Bool,
        host -> Text,
        port -> BigInt,
        security -> Text,
        authorities -> Text,
        login -> Text,
        password_sealed -> Text,
        address -> Text,
        name -> Text,
        per_minute -> BigInt,
        trouble -> Text,
        troubled_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    solicitation (id) {
        id -> BigInt,
        office_id -> BigInt,
        code -> Text,
        topic -> Text,
        requirement -> Text,
        deadline -> Text,
        created_at -> BigInt,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    item (id) {
        id -> BigInt,
        office_id -> BigInt,
        number -> Text,
        received_at -> BigInt,
        channel -> Text,
        state -> Text,
        revision -> BigInt,
        title -> Text,
        category -> Text,
        words -> BigInt,
        worry -> Bool,
        counted -> Bool,
        repeats -> Nullable<BigInt>,
        fingerprint -> BigInt,
        authors -> Text,
        contact -> Text,
        claimed_by -> Nullable<BigInt>,
        solicitation_id -> Nullable<BigInt>,
        mail_id -> Nullable<BigInt>,
        sent_by -> Nullable<BigInt>,
        sent_key -> Nullable<Text>,
        doubts -> Text,
    }
}

diesel::table! {
    item_unit (item_id, unit_id) {
        item_id -> BigInt,
        unit_id -> BigInt,
        position -> BigInt,
    }
}

diesel::table! {
    item_version (item_id, revision) {
        item_id -> BigInt,
        revision -> BigInt,
        title -> Text,
        body -> Text,
        category -> Text,
        saved_at -> BigInt,
        saved_by -> Nullable<BigInt>,
        note -> Text,
    }
}

diesel::table! {
    item_attachment (item_id, position) {
        item_id -> BigInt,
        position -> BigInt,
        name -> Text,
        media_type -> Text,
        content_id -> BigInt,
        note -> Text,
    }
}

diesel::table! {
    item_event (item_id, position) {
        item_id -> BigInt,
        position -> BigInt,
        at -> BigInt,
        account_id -> Nullable<BigInt>,
        kind -> Text,
        text -> Text,
        for_unit -> Bool,
    }
}

diesel::table! {
    publication (id) {
        id -> BigInt,
        office_id -> BigInt,
        name -> Text,
        adoption_kind -> Text,
        editing_office -> Text,
        report_to -> Text,
        send_to -> Text,
        distribute_to -> Text,
        copies -> BigInt,
        position -> BigInt,
        page_limit -> BigInt,
        unit_readers -> Text,
    }
}

diesel::table! {
    publication_column (publication_id, position) {
        publication_id -> BigInt,
        position -> BigInt,
        name -> Text,
    }
}

diesel::table! {
    publication_unit (publication_id, unit_id) {
        publication_id -> BigInt,
        unit_id -> BigInt,
    }
}

diesel::table! {
    issue (id) {
        id -> BigInt,
        office_id -> BigInt,
        publication_id -> BigInt,
        state -> Text,
        year -> Nullable<BigInt>,
        number -> Nullable<BigInt>,
        running_number -> Nullable<BigInt>,
        date -> Nullable<Text>,
        created_at -> BigInt,
        created_by -> Nullable<BigInt>,
        published_at -> Nullable<BigInt>,
        published_by -> Nullable<BigInt>,
        withdrawn_reason -> Text,
        content_id -> Nullable<BigInt>,
        values_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    issue_item (issue_id, position) {
        issue_id -> BigInt,
        position -> BigInt,
        item_id -> BigInt,
        revision -> BigInt,
        column_name -> Text,
        title -> Text,
        body -> Text,
        byline -> Text,
        form -> Text,
        fact_key -> Nullable<Text>,
        merged_into -> Nullable<BigInt>,
    }
}

diesel::table! {
    issue_mark (issue_id, position) {
        issue_id -> BigInt,
        position -> BigInt,
        kind -> Text,
        seal -> Text,
        at -> BigInt,
        account_id -> BigInt,
        note -> Text,
    }
}

diesel::table! {
    issue_read (issue_id, account_id) {
        issue_id -> BigInt,
        account_id -> BigInt,
        read_at -> BigInt,
    }
}

diesel::table! {
    fact (office_id, seq) {
        office_id -> BigInt,
        seq -> BigInt,
        fact_table -> Text,
        key -> Text,
        revoked -> Bool,
        units -> Text,
        date -> Text,
        name -> Text,
        title -> Nullable<Text>,
        item_id -> Nullable<BigInt>,
        issue_id -> Nullable<BigInt>,
        solicitation_id -> Nullable<BigInt>,
        form -> Nullable<Text>,
        leader -> Nullable<Text>,
        channel -> Nullable<Text>,
        repeats -> Nullable<Text>,
        counted -> Bool,
        answered -> Nullable<Text>,
        outcome -> Nullable<Text>,
        quantity -> BigInt,
        note -> Nullable<Text>,
        recorded_at -> BigInt,
        recorded_by -> Nullable<BigInt>,
        reason -> Text,
        extra -> Nullable<Text>,
    }
}

diesel::table! {
    fact_now (office_id, fact_table, key) {
        office_id -> BigInt,
        fact_table -> Text,
        key -> Text,
        seq -> BigInt,
        date -> Text,
    }
}

diesel::table! {
    statement (id) {
        id -> BigInt,
        office_id -> BigInt,
        number -> BigInt,
        month -> Text,
        scheme_hash -> Text,
        fact_seq -> BigInt,
        content -> Text,
        sha256 -> Text,
        previous_sha256 -> Text,
        closed_at -> BigInt,
        closed_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    statement_paper (statement_id, name) {
        statement_id -> BigInt,
        name -> Text,
        media_type -> Text,
        content_id -> BigInt,
    }
}

diesel::table! {
    audit (office_id, seq) {
        office_id -> BigInt,
        seq -> BigInt,
        at -> BigInt,
        account_id -> Nullable<BigInt>,
        who -> Text,
        act -> Text,
        object -> Text,
        outcome -> Text,
        detail -> Text,
        hash -> Text,
    }
}

diesel::table! {
    postbox (id) {
        id -> BigInt,
        office_id -> BigInt,
        name -> Text,
        host -> Text,
        port -> BigInt,
        security -> Text,
        authorities -> Text,
        system_trust -> Bool,
        login -> Text,
        password -> Text,
        folder -> Text,
        start_from -> Text,
        authserv_id -> Text,
        mark_seen -> Bool,
        enabled -> Bool,
        revision -> BigInt,
        changed_at -> BigInt,
        more_folders -> Text,
    }
}

diesel::table! {
    postbox_state (postbox_id) {
        postbox_id -> BigInt,
        holder -> Text,
        held_until -> BigInt,
        uidvalidity -> Nullable<BigInt>,
        opened_at -> Nullable<BigInt>,
        well_at -> Nullable<BigInt>,
        waiting -> BigInt,
        failed_at -> Nullable<BigInt>,
        failures -> BigInt,
        failed_step -> Text,
        failure -> Text,
        check_asked_at -> Nullable<BigInt>,
        check_begun_at -> Nullable<BigInt>,
        checked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    postbox_letter (id) {
        id -> BigInt,
        postbox_id -> BigInt,
        uidvalidity -> BigInt,
        uid -> BigInt,
        mail_id -> BigInt,
        size -> Nullable<BigInt>,
        arrived_at -> Nullable<BigInt>,
        entered_at -> BigInt,
        replaced_at -> Nullable<BigInt>,
        folder -> Text,
    }
}

diesel::table! {
    postbox_stuck (postbox_id, folder, uidvalidity, uid) {
        postbox_id -> BigInt,
        folder -> Text,
        uidvalidity -> BigInt,
        uid -> BigInt,
        tries -> BigInt,
        tried_at -> BigInt,
        said -> Text,
    }
}

diesel::table! {
    postbox_check (id) {
        id -> BigInt,
        postbox_id -> BigInt,
        at -> BigInt,
        listed -> BigInt,
        missing -> BigInt,
        content -> Text,
    }
}

diesel::table! {
    forward (id) {
        id -> BigInt,
        office_id -> BigInt,
        year -> Nullable<BigInt>,
        number -> Nullable<BigInt>,
        target -> Text,
        form -> Text,
        title -> Text,
        body -> Text,
        counted_as -> Text,
        state -> Text,
        revision -> BigInt,
        date -> Nullable<Text>,
        issue_id -> Nullable<BigInt>,
        created_at -> BigInt,
        created_by -> Nullable<BigInt>,
        sent_at -> Nullable<BigInt>,
        sent_by -> Nullable<BigInt>,
        reason -> Text,
    }
}

diesel::table! {
    forward_item (forward_id, item_id) {
        forward_id -> BigInt,
        item_id -> BigInt,
        position -> BigInt,
        fact_key -> Nullable<Text>,
    }
}

diesel::table! {
    adopted_list (id) {
        id -> BigInt,
        office_id -> BigInt,
        name -> Text,
        lines -> BigInt,
        known -> BigInt,
        taken_at -> BigInt,
        taken_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    adopted_line (id) {
        id -> BigInt,
        office_id -> BigInt,
        list_id -> BigInt,
        position -> BigInt,
        date -> Text,
        kind -> Text,
        form -> Text,
        title -> Text,
        said -> Text,
        line_key -> Text,
        state -> Text,
        fact_key -> Nullable<Text>,
        forward_id -> Nullable<BigInt>,
        reason -> Text,
        settled_at -> Nullable<BigInt>,
        settled_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    leader (id) {
        id -> BigInt,
        office_id -> BigInt,
        name -> Text,
        duty -> Text,
        level -> Text,
        account_id -> Nullable<BigInt>,
        left_on -> Nullable<Text>,
        created_at -> BigInt,
    }
}

diesel::table! {
    comment (id) {
        id -> BigInt,
        office_id -> BigInt,
        source -> Text,
        issue_id -> Nullable<BigInt>,
        recorded_at -> BigInt,
        recorded_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    comment_fact (office_id, fact_key) {
        office_id -> BigInt,
        fact_key -> Text,
        comment_id -> BigInt,
    }
}

diesel::table! {
    kept_file (office_id, owner, owner_id, position) {
        office_id -> BigInt,
        owner -> Text,
        owner_id -> BigInt,
        position -> BigInt,
        name -> Text,
        content_id -> BigInt,
    }
}

diesel::table! {
    follow_up (id) {
        id -> BigInt,
        office_id -> BigInt,
        fact_key -> Text,
        unit_id -> BigInt,
        requirement -> Text,
        deadline -> Text,
        remind -> BigInt,
        state -> Text,
        created_at -> BigInt,
        created_by -> Nullable<BigInt>,
        closed_at -> Nullable<BigInt>,
        closed_by -> Nullable<BigInt>,
        closing -> Text,
    }
}

diesel::table! {
    follow_word (id) {
        id -> BigInt,
        follow_id -> BigInt,
        kind -> Text,
        words -> Text,
        at -> BigInt,
        account_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    bulletin_claim (id) {
        id -> BigInt,
        office_id -> BigInt,
        unit_id -> BigInt,
        statement_id -> BigInt,
        kind -> Text,
        person -> Text,
        person_key -> Text,
        date -> Text,
        words -> Text,
        state -> Text,
        asked_at -> BigInt,
        asked_by -> Nullable<BigInt>,
        decided_at -> Nullable<BigInt>,
        decided_by -> Nullable<BigInt>,
        answer -> Text,
        fact_key -> Nullable<Text>,
    }
}

diesel::table! {
    scan (id) {
        id -> BigInt,
        office_id -> BigInt,
        name -> Text,
        sha256 -> Text,
        content_id -> BigInt,
        source -> Text,
        taken_at -> BigInt,
        taken_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    scan_page (id) {
        id -> BigInt,
        office_id -> BigInt,
        scan_id -> BigInt,
        page -> BigInt,
        preview_id -> Nullable<BigInt>,
        state -> Text,
        why -> Text,
        codes -> Text,
        issue_id -> Nullable<BigInt>,
        item_id -> Nullable<BigInt>,
        comment_id -> Nullable<BigInt>,
        reason -> Text,
        settled_at -> Nullable<BigInt>,
        settled_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    template_text (office_id, hash) {
        office_id -> BigInt,
        hash -> Text,
        text -> Text,
    }
}

diesel::table! {
    template_adoption (office_id, seq) {
        office_id -> BigInt,
        seq -> BigInt,
        kind -> Text,
        hash -> Text,
        at -> BigInt,
        account_id -> BigInt,
    }
}

diesel::table! {
    template_draft (office_id, kind) {
        office_id -> BigInt,
        kind -> Text,
        text -> Text,
        saved_at -> BigInt,
        account_id -> BigInt,
    }
}

diesel::table! {
    masthead (office_id, seq) {
        office_id -> BigInt,
        seq -> BigInt,
        publication_id -> BigInt,
        content_id -> Nullable<BigInt>,
        at -> BigInt,
        account_id -> BigInt,
    }
}

diesel::table! {
    delivery (id) {
        id -> BigInt,
        office_id -> BigInt,
        statement_id -> BigInt,
        kind -> Text,
        name -> Text,
        unit_id -> Nullable<BigInt>,
        account_id -> Nullable<BigInt>,
        sent_at -> BigInt,
        opened_at -> Nullable<BigInt>,
        opened_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    bulletin_correction (statement_id, number) {
        statement_id -> BigInt,
        number -> BigInt,
        office_id -> BigInt,
        reason -> Text,
        addressees -> Text,
        report_to -> Text,
        issue_to -> Text,
        template -> Text,
        made_at -> BigInt,
        made_by -> Nullable<BigInt>,
        name -> Text,
        content_id -> BigInt,
    }
}

diesel::table! {
    statement_signature (statement_id) {
        statement_id -> BigInt,
        office_id -> BigInt,
        public_key -> Text,
        signature -> Text,
    }
}

diesel::table! {
    objection (id) {
        id -> BigInt,
        office_id -> BigInt,
        unit_id -> BigInt,
        month -> Text,
        line_key -> Text,
        item -> Text,
        points -> Text,
        why -> Text,
        facts -> Text,
        reason -> Text,
        raised_at -> BigInt,
        raised_by -> Nullable<BigInt>,
        fact_seq -> BigInt,
        answer_by -> Text,
        state -> Text,
        answer -> Text,
        answered_at -> Nullable<BigInt>,
        answered_by -> Nullable<BigInt>,
        fact_table -> Nullable<Text>,
        fact_key -> Nullable<Text>,
        seen_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    interview (id) {
        id -> BigInt,
        office_id -> BigInt,
        statement_id -> BigInt,
        unit_id -> BigInt,
        month -> Text,
        date -> Text,
        time -> Text,
        place -> Text,
        chair -> Text,
        state -> Text,
        held_on -> Nullable<Text>,
        attendants -> Text,
        minutes -> Text,
        promises -> Text,
        promise_by -> Nullable<Text>,
        reason -> Text,
        changed_at -> BigInt,
        changed_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    paired_help (id) {
        id -> BigInt,
        office_id -> BigInt,
        helper_id -> BigInt,
        helped_id -> BigInt,
        from_month -> Text,
        to_month -> Nullable<Text>,
        measures -> Text,
        ending -> Text,
        agreed_at -> BigInt,
        agreed_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    joint_meeting (id) {
        id -> BigInt,
        office_id -> BigInt,
        date -> Text,
        place -> Text,
        topic -> Text,
        attendants -> Text,
        minutes -> Text,
        recorded_at -> BigInt,
        recorded_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    run_warning (office_id, unit_id, month) {
        office_id -> BigInt,
        unit_id -> BigInt,
        month -> Text,
        words -> Text,
        sent_at -> BigInt,
        seen_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    staff (id) {
        id -> BigInt,
        office_id -> BigInt,
        name -> Text,
        section -> Text,
        full_time -> Bool,
        from_date -> Text,
        to_date -> Nullable<Text>,
        recorded_at -> BigInt,
        recorded_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    staff_week (id) {
        id -> BigInt,
        office_id -> BigInt,
        staff_id -> BigInt,
        monday -> Text,
        items -> BigInt,
        leads -> BigInt,
        excused -> Bool,
        note -> Text,
        recorded_at -> BigInt,
        recorded_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    job (office_id, kind, subject) {
        office_id -> BigInt,
        kind -> Text,
        subject -> Text,
        holder -> Text,
        held_until -> BigInt,
        slot -> BigInt,
        started_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        failures -> BigInt,
        said -> Text,
    }
}

diesel::table! {
    notice (id) {
        id -> BigInt,
        office_id -> BigInt,
        kind -> Text,
        subject -> Text,
        account_id -> BigInt,
        title -> Text,
        body -> Text,
        href -> Text,
        created_at -> BigInt,
        read_at -> Nullable<BigInt>,
        mail -> Text,
        address -> Text,
        outgoing_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    notice_choice (account_id, kind) {
        account_id -> BigInt,
        kind -> Text,
        mail -> Text,
    }
}

diesel::table! {
    notice_person (account_id) {
        account_id -> BigInt,
        address -> Text,
        quiet_from -> BigInt,
        quiet_to -> BigInt,
    }
}

diesel::table! {
    webhook (id) {
        id -> BigInt,
        office_id -> BigInt,
        name -> Text,
        host -> Text,
        url_sealed -> Text,
        kinds -> Text,
        enabled -> Bool,
        created_at -> BigInt,
    }
}

diesel::table! {
    webhook_post (id) {
        id -> BigInt,
        office_id -> BigInt,
        webhook_id -> BigInt,
        kind -> Text,
        subject -> Text,
        title -> Text,
        body -> Text,
        href -> Text,
        created_at -> BigInt,
        due_at -> BigInt,
        tries -> BigInt,
        state -> Text,
        trouble -> Text,
        claimed_at -> Nullable<BigInt>,
        sent_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    solicitation_origin (solicitation_id) {
        solicitation_id -> BigInt,
        target -> Text,
        deadline -> Nullable<Text>,
    }
}

diesel::table! {
    duty_acceptance (solicitation_id, unit_id) {
        solicitation_id -> BigInt,
        unit_id -> BigInt,
        at -> BigInt,
        account_id -> BigInt,
    }
}

diesel::table! {
    reporting_points (id) {
        id -> BigInt,
        office_id -> BigInt,
        code -> Text,
        name -> Text,
        introduction -> Text,
        from_date -> Text,
        to_date -> Text,
        created_at -> BigInt,
        created_by -> Nullable<BigInt>,
        closed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    reporting_topic (id) {
        id -> BigInt,
        points_id -> BigInt,
        position -> BigInt,
        title -> Text,
        requirement -> Text,
    }
}

diesel::table! {
    reporting_unit (points_id, unit_id) {
        points_id -> BigInt,
        unit_id -> BigInt,
    }
}

diesel::table! {
    item_topic (topic_id, item_id) {
        topic_id -> BigInt,
        item_id -> BigInt,
        at -> BigInt,
        account_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    training (id) {
        id -> BigInt,
        office_id -> BigInt,
        name -> Text,
        date -> Text,
        place -> Text,
        content -> Text,
        event -> Text,
        created_at -> BigInt,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    training_unit (training_id, unit_id) {
        training_id -> BigInt,
        unit_id -> BigInt,
        people -> Text,
        fact_key -> Nullable<Text>,
        at -> BigInt,
        account_id -> BigInt,
    }
}

diesel::table! {
    rotation (id) {
        id -> BigInt,
        office_id -> BigInt,
        month -> Text,
        unit_id -> BigInt,
        person -> Text,
        host -> Text,
        state -> Text,
        appraisal -> Text,
        event -> Text,
        fact_key -> Nullable<Text>,
        created_at -> BigInt,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    partner (id) {
        id -> BigInt,
        office_id -> BigInt,
        name -> Text,
        contact -> Text,
        phone -> Text,
        mail -> Text,
        note -> Text,
        created_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    officer_right (office_id, seq) {
        office_id -> BigInt,
        seq -> BigInt,
        unit_id -> BigInt,
        kind -> Text,
        given -> Bool,
        at -> BigInt,
        account_id -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    office,
    counter,
    setting,
    scheme_text,
    scheme_adoption,
    scheme_draft,
    unit,
    unit_version,
    person,
    mailbox,
    account,
    session,
    invitation,
    draft,
    content,
    mail,
    solicitation,
    item,
    item_unit,
    item_version,
    item_attachment,
    item_event,
    publication,
    issue,
    issue_item,
    issue_mark,
    issue_read,
    publication_column,
    publication_unit,
    fact,
    fact_now,
    statement,
    statement_paper,
    audit,
    postbox,
    postbox_state,
    postbox_letter,
    postbox_stuck,
    postbox_check,
    mailbox_request,
    secret_noted,
    form_refusal,
    form_refusal_noted,
    forward,
    forward_item,
    adopted_list,
    adopted_line,
    leader,
    comment,
    comment_fact,
    kept_file,
    follow_up,
    follow_word,
    bulletin_claim,
    scan,
    scan_page,
    template_text,
    template_adoption,
    template_draft,
    masthead,
    delivery,
    bulletin_correction,
    statement_signature,
    objection,
    interview,
    paired_help,
    joint_meeting,
    run_warning,
    staff,
    staff_week,
    job,
    notice,
    notice_choice,
    notice_person,
    webhook,
    webhook_post,
    solicitation_origin,
    duty_acceptance,
    reporting_points,
    reporting_topic,
    reporting_unit,
    item_topic,
    training,
    training_unit,
    rotation,
    partner,
    officer_right
);
